import { inspect } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { registerError, RemoteError } from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import { benches } from "../support/bench.js";

class Coupon extends Error {
  constructor(readonly percent: number) {
    super(`a coupon of ${percent} percent`);
  }

  get half(): number {
    return this.percent / 2;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? "") : "";
}

describe.each(benches)("what a task throws in a %s", (_kind, Bench) => {
  const bench = new Bench();

  beforeAll(() => {
    registerError(Coupon);
  });

  async function thrown(kind: Tasks.Thrown): Promise<unknown> {
    const executor = bench.shared();
    const error = await executor.submit(Tasks.throwKind, kind).exception();
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
    return error;
  }

  test("[Q1] [O5] is of its own class, when that is registered, whatever its constructor takes", async () => {
    const error = await thrown("coupon");
    expect(error).toBeInstanceOf(Coupon);
    expect(error).toMatchObject({
      name: "Coupon",
      message: "coupon SUMMER is not valid",
      percent: 20,
      half: 10,
    });
  });

  test("[Q1] [Q6] is of the nearest class that is known, with the name it had", async () => {
    const error = await bench.shared().submit(Tasks.throwUndone, "UndoneError").exception();
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ message: "not done", done: 3 });
    expect(stackOf(error)).toContain("not done");
  });

  test("[Q10] keeps its chain of causes", async () => {
    const error = await thrown("chain");
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty("cause", expect.any(RangeError));
    expect(error).toMatchObject({
      message: "outer",
      cause: { message: "middle", cause: { name: "Error", message: "inner" } },
    });
  });

  test("[Q11] keeps its own properties", async () => {
    expect(await thrown("coded")).toMatchObject({ code: "ENOENT", errno: -2, path: "/x" });
  });

  test("[Q12] keeps the parts of an AggregateError", async () => {
    const error = await thrown("aggregate");
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toHaveProperty("errors.0", expect.any(RangeError));
    expect(error).toHaveProperty("errors.1", expect.objectContaining({ code: "E2" }));
  });

  test("[Q1] may be a DOMException", async () => {
    const error = await thrown("dom");
    expect(Object.prototype.toString.call(error)).toBe("[object DOMException]");
    expect(error).toMatchObject({ name: "NotFoundError", message: "no such node", code: 8 });
  });

  test("[O18] may be no Error, and arrives as it is", async () => {
    expect(await thrown("object")).toEqual({ reason: "plain", list: [1, 2] });
    expect(await thrown("bigint")).toBe(10n);
  });

  test.each(["function", "symbol"] as const)(
    "[O18] [Q6] may be a %s, which becomes a RemoteError",
    async (kind) => {
      const error = await thrown(kind);
      expect(error).toBeInstanceOf(RemoteError);
      expect(error).toMatchObject({ code: "CONCUR_REMOTE", remoteName: kind });
    },
  );

  test.each(["causedByFunction", "poisonedName", "proxy"] as const)(
    "[O4] [Q13] may defeat cloning (%s): it is an Error all the same, with a stack",
    async (kind) => {
      const error = await thrown(kind);
      expect(error).toBeInstanceOf(Error);
      expect(stackOf(error)).not.toBe("");
      expect(inspect(error)).toMatch(/caused by a function|poisoned|behind a proxy/);
    },
  );

  test("[Q2] [Q3] [Q5] [P7] shows the line of the task", async () => {
    const error = await thrown("coded");
    expect(stackOf(error)).toMatch(/^Error: no file\n\s+at .*thread-tasks\.mjs:\d+:\d+/);
    expect(inspect(error)).toContain("thread-tasks.mjs");
  });

  test("[Q9] shows where the call was submitted, whichever way", async () => {
    const executor = bench.shared();
    const errors = [
      await executor.submit(Tasks.throwKind, "coded").exception(),
      await executor.run(Tasks.throwKind, "coded").catch((error: unknown) => error),
      await executor
        .with({ name: "x" })
        .run(Tasks.throwKind, "coded")
        .catch((error: unknown) => error),
    ];
    for (const error of errors) {
      const [, submitted = ""] = stackOf(error).split("-- submitted from --");
      expect(submitted).toContain("errors.test.ts");
    }
  });

  test("[Q9] of many calls in one turn shows for each a place in this file", async () => {
    const executor = bench.shared();
    const futures = Array.from({ length: 50 }, () => executor.submit(Tasks.throwKind, "coded"));
    for (const future of futures) {
      expect(stackOf(await future.exception())).toMatch(
        /-- submitted (from|near) --[^]*errors\.test\.ts/,
      );
    }
  });

  test("[G7] [N6] is a new error for each call", async () => {
    const executor = bench.shared();
    const counted = countedSince(executor);
    const futures = [1, 2, 3].map(() => executor.submit(ContractTasks.throwNamed, "Error", "same"));
    const errors = await Promise.all(futures.map((future) => future.exception()));
    expect(new Set(errors).size).toBe(3);
    expect(counted()).toMatchObject({ workers: 1, failed: 3 });
  });
});
