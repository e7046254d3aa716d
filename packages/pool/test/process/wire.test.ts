import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Channel, ChannelListener } from "../../src/engine/process/parent/channel.js";
import type { ChildConnections } from "../../src/engine/process/parent/rendezvous.js";
import type { ProcessPoolExecutor as Executor } from "../../src/index.js";
import * as Tasks from "../fixtures/process-tasks.mjs";

type Tamper = (bytes: Buffer) => Buffer;

const untouched: Tamper = (bytes) => bytes;
/** What the wire does to bytes from and to children; it is a double of the module that carries them. */
const wire = { fromChild: untouched, toChild: untouched, hangsUp: false };

const real = await import("../../src/engine/process/parent/channel.js");
jest.unstable_mockModule("../../src/engine/process/parent/channel.js", () => ({
  ...real,
  socketChannel(connections: ChildConnections, listener: ChannelListener): Channel {
    const channel = real.socketChannel(connections, {
      bytes: (chunk: Buffer, source?: Socket) => {
        const tampered = wire.fromChild(chunk);
        listener.bytes(tampered, tampered === chunk ? source : undefined);
        if (!wire.hangsUp) return;
        wire.hangsUp = false;
        listener.hungUp();
      },
      cut: () => {
        listener.cut();
      },
      hungUp: () => {
        listener.hungUp();
      },
    });
    return {
      send: (parts) => {
        channel.send(parts.map((part) => wire.toChild(part)));
      },
      destroy: () => {
        channel.destroy();
      },
    };
  },
}));
const { ProcessPoolExecutor } = await import("../../src/index.js");

const HEAD = 5;
const TRIPLE = 16;
const NUMBERS = 3;

/** Gives where the frames of numbers begin that are whole in these bytes. */
function framesOf(bytes: Buffer, type: number): number[] {
  const found: number[] = [];
  let at = 0;
  while (bytes.length - at >= HEAD) {
    const length = bytes.readUInt32LE(at);
    if (bytes.readUInt8(at + 4) === type && bytes.length - at - HEAD >= length) found.push(at);
    at += HEAD + length;
  }
  return found;
}

/** Changes the triples of frames of numbers, as long as nothing was changed. @param change - Says whether it did. */
function changeTriples(change: (triples: Buffer[]) => boolean): Tamper {
  let isOver = false;
  return (bytes) => {
    if (isOver) return bytes;
    const copy = Buffer.from(bytes);
    for (const at of framesOf(copy, NUMBERS)) {
      if (isOver) break;
      const triples: Buffer[] = [];
      const end = at + HEAD + copy.readUInt32LE(at);
      for (let from = at + HEAD; from < end; from += TRIPLE) {
        triples.push(copy.subarray(from, from + TRIPLE));
      }
      isOver = change(triples);
    }
    return copy;
  };
}

const isValue = (triple: Buffer): boolean => triple.readUInt32LE(4) === 0;

describe("what comes over the wire to and from a process", () => {
  let executor: Executor;

  beforeEach(async () => {
    wire.fromChild = wire.toChild = untouched;
    executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    // From here on the time of the task is known, and several calls share a frame.
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => executor.run(Tasks.echo, n)));
    }
  });
  afterEach(async () => {
    wire.fromChild = wire.toChild = untouched;
    await executor.killWorkers();
  });

  /** Runs calls over a wire that is not to be trusted, and expects that no call has another's value. */
  async function expectDistrust(reason: string): Promise<void> {
    const futures = Array.from({ length: 60 }, (_, n) => executor.submit(Tasks.echo, n));
    await Promise.all(futures.map((future) => future.exception()));
    wire.fromChild = wire.toChild = untouched;
    const values = futures.flatMap(({ outcome }, n) =>
      outcome?.status === "fulfilled" ? [[n, outcome.value]] : [],
    );
    for (const [n, value] of values) expect(value).toBe(n);
    const errors = futures.flatMap(({ outcome }) =>
      outcome?.status === "rejected" ? [outcome.reason as Error] : [],
    );
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toMatchObject({ code: "CONCUR_WORKER_CRASHED" });
      expect(error.message).toContain(reason);
    }
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  }

  test("a reply that says another use of its slot ends the process, and is nobody's value", async () => {
    wire.fromChild = changeTriples((triples) => {
      const one = triples.find(isValue);
      one?.writeUInt32LE((one.readUInt32LE(0) + 1024) >>> 0, 0);
      return one !== undefined;
    });
    await expectDistrust("a reply came to a call that is not there");
  });

  test("a reply that comes twice ends the process", async () => {
    wire.fromChild = changeTriples((triples) => {
      const [one, other] = triples.filter(isValue);
      if (one !== undefined) other?.set(one);
      return other !== undefined;
    });
    await expectDistrust("a reply came to a call that is not there");
  });

  test("a call that says another use of its slot is not run", async () => {
    wire.toChild = changeTriples((triples) => {
      const last = triples.at(-1);
      last?.writeUInt32LE((last.readUInt32LE(0) + 2048) >>> 0, 0);
      return last !== undefined;
    });
    await expectDistrust("a call came that is not the next one for its slot");
  });

  test("a call that comes twice runs once", async () => {
    wire.toChild = changeTriples((triples) => {
      const [one, other] = triples;
      if (one !== undefined) other?.set(one);
      return other !== undefined;
    });
    await expectDistrust("a call came that is not the next one for its slot");
  });

  test("the order of replies does not matter, as each says whose it is", async () => {
    let reversed = 0;
    wire.fromChild = changeTriples((triples) => {
      const copies = triples.map((triple) => Buffer.from(triple)).reverse();
      triples.forEach((triple, index) => triple.set(copies[index] ?? triple));
      if (triples.length > 1) reversed += 1;
      return false;
    });
    const sent = Array.from({ length: 200 }, (_, n) => n);
    expect(await Promise.all(sent.map((n) => executor.run(Tasks.echo, n)))).toEqual(sent);
    expect(reversed).toBeGreaterThan(0);
  });

  test("only who changes names and values alike cannot be found out, so the double does change what it means to", async () => {
    let swaps = 0;
    wire.fromChild = changeTriples((triples) => {
      const [one, other] = triples.filter(isValue);
      if (one === undefined || other === undefined) return false;
      const id = one.readUInt32LE(0);
      one.writeUInt32LE(other.readUInt32LE(0), 0);
      other.writeUInt32LE(id, 0);
      swaps += 1;
      return true;
    });
    const sent = Array.from({ length: 200 }, (_, n) => n);
    const results = await Promise.all(sent.map((n) => executor.run(Tasks.echo, n)));
    expect(swaps).toBe(1);
    expect(results).not.toEqual(sent);
  });

  test.each<[string, (frame: Buffer) => void, string]>([
    ["of an unknown type", (frame) => frame.writeUInt8(99, 4), "bytes came that are no frame"],
    ["of no possible length", (frame) => frame.writeUInt32LE(7, 0), "bytes came that are no frame"],
    ["of another type", (frame) => frame.writeUInt8(0, 4), "a frame came that cannot be read"],
    [
      "with a reply of no known kind",
      (frame) => frame.writeUInt32LE(77, HEAD + 4),
      "no end of its call",
    ],
  ])("a frame %s ends the process", async (_what, change, reason) => {
    let isOver = false;
    wire.fromChild = (bytes) => {
      if (isOver) return bytes;
      const copy = Buffer.from(bytes);
      const [at] = framesOf(copy, NUMBERS).filter((start) => isValue(copy.subarray(start + HEAD)));
      isOver = at !== undefined;
      if (at !== undefined) change(copy.subarray(at));
      return copy;
    };
    await expectDistrust(reason);
  });

  test("a connection that ends in the middle of a frame takes its calls with it", async () => {
    let isOver = false;
    wire.fromChild = (bytes) => {
      if (isOver) return Buffer.alloc(0);
      isOver = wire.hangsUp = true;
      return bytes.subarray(0, bytes.length - 3);
    };
    const futures = Array.from({ length: 60 }, (_, n) => executor.submit(Tasks.echo, n));
    await futures[0]?.exception();
    wire.fromChild = untouched;
    await Promise.all(futures.map((future) => future.exception()));
    const given = futures.map(({ outcome }) =>
      outcome?.status === "fulfilled" ? outcome.value : (outcome?.reason as { code: string }).code,
    );
    const lost = "CONCUR_WORKER_CRASHED";
    expect(given).toEqual(given.map((value, n) => (value === lost ? lost : n)));
    expect(given).toContain(lost);
  });
});
