// Ways to write the identity of a call into its arguments. Each way travels differently.
import { runInNewContext } from "node:vm";

/** `shared` are objects that many calls are given at once. */
export const carriers = [
  { weight: 8, make: (id) => [id] },
  { weight: 4, make: (id) => [`call ${id}`] },
  { weight: 8, make: (id) => [{ id, name: `call ${id}` }] },
  { weight: 3, make: (id) => [{ total: id, currency: "EUR", open: id % 2 === 0 }] },
  { weight: 8, make: (id) => [{ id, list: [id, { id }], deep: { er: { id } } }] },
  { weight: 4, make: (id) => [[id, [id]]] },
  { weight: 4, make: (id) => [Uint32Array.of(id, id)] },
  { weight: 2, make: (id) => [new Uint8Array(1500).fill(id)] },
  { weight: 3, make: (id) => [Buffer.from(`call ${id}`)] },
  { weight: 3, make: (id) => [new Map([[`key ${id}`, { id }]]), new Set([id])] },
  { weight: 1, make: (id) => [`call ${id} `.repeat(700)] },
  { weight: 4, make: (id) => [id, `call ${id}`, { id }, [id]] },
  {
    weight: 2,
    make: (id) => [
      { id, when: new Date(id), big: BigInt(id), none: undefined, nan: NaN, zero: -0 },
    ],
  },
  {
    weight: 2,
    make(id) {
      const one = { id };
      return [one, [one, one], { one }];
    },
  },
  {
    weight: 1,
    make: (id) => runInNewContext(`[{ id: ${id}, list: [${id}] }, new Map([[${id}, [${id}]]])]`),
  },
  { weight: 6, copies: true, make: (id, shared) => [{ id, shared: shared.record }] },
  { weight: 3, copies: true, make: (id, shared) => [shared.record, id] },
  { weight: 3, copies: true, make: (id, shared) => [{ id, list: [shared.list, shared.map] }] },
  { weight: 3, copies: true, make: (id, shared) => [id, shared.bytes, shared.view] },
  { weight: 2, copies: true, make: (id, shared) => [shared.list] },
];

export function makeShared() {
  const memory = new ArrayBuffer(64);
  return {
    record: { seen: [], user: { visits: [0] } },
    list: [[1], { a: [] }],
    map: new Map([["m", [1]]]),
    bytes: new Uint8Array(memory),
    view: new Uint16Array(memory, 8, 4),
  };
}
