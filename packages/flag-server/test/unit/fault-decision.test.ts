import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { decideFault, ERROR_STATUSES } from "../../src/fault-decision.js";
import { everyFlagPath } from "../support/http.js";

const identity = fc.record({
  seed: fc.string(),
  listener: fc.constantFrom("LOCAL", "DELAY", "ERROR"),
  path: fc.string().map((text) => `/${text}`),
  attempt: fc.integer({ min: 1, max: 1000 }),
});
const rate = fc.double({ min: 0, max: 1, noNaN: true });
const rates = fc.record({ errorRate: rate, delayRate: rate });

describe("decideFault()", () => {
  test("gives one identity one fate, whatever was asked before", () => {
    fc.assert(
      fc.property(fc.array(identity, { minLength: 1 }), rates, (identities, share) => {
        const forwards = identities.map((one) => decideFault(one, share));
        const backwards = identities.toReversed().map((one) => decideFault(one, share));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
    );
  });

  test("an error has one of the four statuses", () => {
    fc.assert(
      fc.property(identity, (one) => {
        const fault = decideFault(one, { errorRate: 1, delayRate: 0 });
        expect(ERROR_STATUSES).toContain(fault.kind === "error" ? fault.status : undefined);
      }),
    );
  });

  test("rates of 0 and 1 leave nothing to chance", () => {
    fc.assert(
      fc.property(identity, rate, (one, other) => {
        expect(decideFault(one, { errorRate: 0, delayRate: 0 }).kind).toBe("none");
        expect(decideFault(one, { errorRate: 0, delayRate: 1 }).kind).toBe("delay");
        expect(decideFault(one, { errorRate: 1, delayRate: other }).kind).toBe("error");
      }),
    );
  });

  test("a higher error rate keeps every error of the lower one", () => {
    fc.assert(
      fc.property(identity, rates, rate, (one, low, extra) => {
        const before = decideFault(one, low);
        fc.pre(before.kind === "error");
        const errorRate = Math.min(1, low.errorRate + extra);
        expect(decideFault(one, { ...low, errorRate })).toEqual(before);
      }),
    );
  });

  test("over the 676 flags of 50 seeds, shares and statuses are those asked for", () => {
    const counts: Record<string, number> = {};
    const total = 50 * 676;
    for (let seed = 1; seed <= 50; seed += 1) {
      for (const path of everyFlagPath()) {
        const one = { seed: String(seed), listener: "ERROR", path, attempt: 1 };
        const fault = decideFault(one, { errorRate: 0.25, delayRate: 0.5 });
        const key = fault.kind === "error" ? String(fault.status) : fault.kind;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
    // Five standard deviations of a binomial count with these 33,800 draws; the draws are fixed.
    const near = (share: number) => {
      const width = 5 * Math.sqrt(total * share * (1 - share));
      return (count = 0) => Math.abs(count - total * share) < width;
    };
    expect(near(0.5)(counts["delay"])).toBe(true);
    expect(near(0.25)(counts["none"])).toBe(true);
    for (const status of ERROR_STATUSES) expect(near(0.0625)(counts[status])).toBe(true);
  });

  test.each([
    ["seed", { seed: "2" }],
    ["listener", { listener: "OTHER" }],
    ["attempt", { attempt: 2 }],
  ])("another %s gives other fates", (_part, change) => {
    const fates = (changed: object) =>
      everyFlagPath().map((path) => {
        const one = { seed: "1", listener: "ERROR", path, attempt: 1, ...changed };
        return decideFault(one, { errorRate: 0.25, delayRate: 0.5 }).kind;
      });
    const base = fates({});
    const moved = fates(change).filter((kind, index) => kind !== base[index]);
    // Independent fates differ for 1 - (1/16 + 1/4 + 1/16) = 62.5 % of the paths.
    expect(moved.length).toBeGreaterThan(676 * 0.5);
  });

  test("keeps the fates of seed 1, so that a release never changes what users see", () => {
    const counts = { none: 0, delay: 0, error: 0 };
    for (const path of everyFlagPath()) {
      const one = { seed: "1", listener: "ERROR", path: `/flags${path}`, attempt: 1 };
      counts[decideFault(one, { errorRate: 0.25, delayRate: 0.5 }).kind] += 1;
    }
    expect(counts).toEqual({ none: 160, delay: 361, error: 155 });
  });
});
