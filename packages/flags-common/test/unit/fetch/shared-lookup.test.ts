import { createHook } from "node:async_hooks";
import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "@jest/globals";
import { sharedLookup } from "../../../src/fetch/shared-lookup.js";

type Lookup = ReturnType<typeof sharedLookup>;

function ask(lookup: Lookup, host: string): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

/** Counts how often the system was asked. */
async function countLookups(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "GETADDRINFOREQWRAP") count += 1;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return count;
}

describe("sharedLookup", () => {
  test("asks once for all who need the same host at the same time", async () => {
    const lookup = sharedLookup();
    const answers: unknown[] = [];
    const count = await countLookups(async () => {
      answers.push(
        ...(await Promise.all(Array.from({ length: 30 }, () => ask(lookup, "localhost")))),
      );
    });
    expect(count).toBe(1);
    expect(answers).toHaveLength(30);
    for (const answer of answers) {
      expect(answer).toEqual(answers[0]);
      expect(answer).toContainEqual(expect.objectContaining({ address: expect.any(String) }));
    }
  });

  test("asks again for those who come later, and apart for another host", async () => {
    const lookup = sharedLookup();
    const count = await countLookups(async () => {
      await Promise.all([ask(lookup, "localhost"), ask(lookup, "127.0.0.1")]);
      await ask(lookup, "localhost");
    });
    // An address needs no answer of the system.
    expect(count).toBe(2);
  });

  test("tells all who wait that there is no such host", async () => {
    const lookup = sharedLookup();
    const ends = await Promise.allSettled([
      ask(lookup, "no such host"),
      ask(lookup, "no such host"),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(ask(lookup, "no such host")).rejects.toThrow("no such host");
  });
});
