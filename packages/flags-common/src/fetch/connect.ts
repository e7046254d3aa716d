import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import type { LookupAddress } from "node:dns";

/** How long one address is on its own, in milliseconds, before the next one is tried beside it (RFC 8305, 5). */
const HEAD_START_MS = 250;

/** Where to connect to. */
export interface Target {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction;
}

/**
 * Connects to a host by that of its addresses which answers first (RFC 8305).
 *
 * Node's own way gives an address up after a quarter of a second; here a slow one goes on beside the others.
 *
 * @param onEnd - Called once, with the connection or with what the first address failed of.
 * @returns A function that gives the search up; `onEnd` is not called then.
 */
export function race(
  { host, port, lookup }: Target,
  onEnd: (error: Error | undefined, winner?: Socket) => void,
): () => void {
  const attempts = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;
  let firstError: Error | undefined;
  let isOver = false;
  const finish = (winner?: Socket): void => {
    isOver = true;
    clearTimeout(timer);
    for (const socket of attempts) if (socket !== winner) socket.destroy();
  };
  const tryNext = (addresses: LookupAddress[]): void => {
    clearTimeout(timer);
    const next = addresses.shift();
    if (next === undefined) return;
    const socket = connect({ host: next.address, port, noDelay: true, autoSelectFamily: false });
    attempts.add(socket);
    const onError = (error: Error): void => {
      attempts.delete(socket);
      firstError ??= error;
      if (isOver) return;
      if (addresses.length > 0) tryNext(addresses);
      else if (attempts.size === 0) {
        finish();
        onEnd(firstError);
      }
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      if (isOver) return;
      socket.off("error", onError);
      finish(socket);
      onEnd(undefined, socket);
    });
    if (addresses.length > 0) timer = setTimeout(tryNext, HEAD_START_MS, addresses);
  };
  const family = isIP(host);
  if (family !== 0) tryNext([{ address: host, family }]);
  else {
    lookup(host, { all: true }, (error, addresses) => {
      if (isOver) return;
      if (error === null && typeof addresses !== "string") tryNext(alternating(addresses));
      else {
        finish();
        onEnd(error ?? new Error(`no address of ${host}`));
      }
    });
  }
  return finish;
}

/** Puts the addresses of both families in turns, the first one in front: one family may not work at all. */
function alternating(addresses: readonly LookupAddress[]): LookupAddress[] {
  const first = addresses[0]?.family;
  const ours = addresses.filter(({ family }) => family === first);
  const others = addresses.filter(({ family }) => family !== first);
  return ours
    .flatMap((address, index) => [address, ...others.slice(index, index + 1)])
    .concat(others.slice(ours.length));
}
