import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import type { Fault, FaultRule } from "../../../src/index.js";
import { compileRules } from "../../../src/rules/compile.js";
import { decide, type Decision } from "../../../src/rules/decide.js";
import { ERROR_STATUSES, namedProfile, PROFILE_NAMES } from "../../../src/rules/profiles.js";
import { everyFlagPath } from "../../support/http.js";

const RATES = { delayMs: 500, errorRate: 0.25, delayRate: 0.5 };
const HANG: Fault = { kind: "hang" };
const PASS: Fault = { kind: "pass" };

const identity = fc.record({
  seed: fc.string(),
  path: fc.string().map((text) => `/${text}`),
  attempt: fc.integer({ min: 1, max: 1000 }),
  method: fc.constantFrom("GET", "HEAD", "POST"),
});
interface Identity {
  readonly seed: string;
  readonly path: string;
  readonly attempt: number;
  readonly method: string;
}
const rate = fc.double({ min: 0, max: 1, noNaN: true });

function fate(rules: readonly FaultRule[], one: Identity, listener: "LOCAL" | "ERROR" = "ERROR") {
  return decide(compileRules(rules, listener).requests, { ...one, listener });
}

function request(path: string, attempt = 1, method = "GET"): Identity {
  return { seed: "1", path, attempt, method };
}

/** A rule about everything, by its match. */
function rule(match: FaultRule["match"] = {}, fault = HANG): FaultRule {
  return { match, fault };
}

describe("decide()", () => {
  test("gives one identity one fate, whatever was asked before", () => {
    const profile = namedProfile("flaky-cdn", RATES);
    fc.assert(
      fc.property(fc.array(identity, { minLength: 1 }), (identities) => {
        const forwards = identities.map((one) => fate(profile.rules, one));
        const backwards = identities.toReversed().map((one) => fate(profile.rules, one));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
    );
  });

  test("a rule before or after with another name has no part in what is drawn", () => {
    const drawn: FaultRule = { name: "drawn", match: { probability: 0.5 }, fault: HANG };
    const other: FaultRule = { name: "other", match: { method: "PUT" }, fault: PASS };
    fc.assert(
      fc.property(identity, (one) => {
        const alone = fate([drawn], one);
        expect(fate([other, drawn], one)).toEqual(alone);
        expect(fate([drawn, other], one)).toEqual(alone);
      }),
    );
  });

  test("a higher probability keeps every fault of the lower one", () => {
    fc.assert(
      fc.property(identity, rate, rate, (one, first, second) => {
        const [low, high] = [Math.min(first, second), Math.max(first, second)];
        const before = fate([rule({ probability: low })], one);
        const after = fate([rule({ probability: high })], one);
        expect(before === undefined || after !== undefined).toBe(true);
      }),
    );
  });

  test("probabilities of 0 and 1 leave nothing to chance", () => {
    fc.assert(
      fc.property(identity, (one) => {
        expect(fate([rule({ probability: 0 })], one)).toBeUndefined();
        expect(fate([rule({ probability: 1 })], one)?.fault).toEqual(HANG);
      }),
    );
  });

  test("over many requests the shares are those asked for, and the rest is the next rule's", () => {
    const rules: FaultRule[] = [
      {
        oneOf: [
          { share: 0.2, fault: { kind: "reset" } },
          { share: 0.3, fault: { kind: "truncate" } },
        ],
      },
      rule(),
    ];
    const counts: Record<string, number> = {};
    const seeds = 30;
    for (let seed = 1; seed <= seeds; seed += 1) {
      for (const path of everyFlagPath()) {
        const kind = fate(rules, { ...request(path), seed: String(seed) })?.fault.kind ?? "none";
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
    }
    const total = seeds * 676;
    // Five standard deviations of a binomial count; the draws are fixed.
    const near = (count: number | undefined, share: number) =>
      Math.abs((count ?? 0) - total * share) < 5 * Math.sqrt(total * share * (1 - share));
    expect(near(counts["reset"], 0.2)).toBe(true);
    expect(near(counts["truncate"], 0.3)).toBe(true);
    expect(near(counts["hang"], 0.5)).toBe(true);
    expect(counts["none"]).toBeUndefined();
  });

  test.each<[string, FaultRule["match"], Identity, Identity]>([
    ["method", { method: ["PUT", "GET"] }, request("/a"), request("/a", 1, "HEAD")],
    ["path", { path: ["/x", "/flags/*/*.gif"] }, request("/flags/us/us.gif"), request("/flags/us")],
    ["codes", { codes: ["US"] }, request("/flags/us/metadata.json"), request("/flags/br/us.gif")],
    ["attempt", { attempt: 2 }, request("/a", 2), request("/a", 3)],
    ["attempts", { attempt: [1, 3] }, request("/a", 3), request("/a", 2)],
    ["attempts from", { attempt: { from: 3 } }, request("/a", 9), request("/a", 2)],
    ["attempts to", { attempt: { to: 2 } }, request("/a", 2), request("/a", 3)],
    ["every", { every: 3 }, request("/a", 6), request("/a", 7)],
    ["method and path", { method: "GET", path: "/a" }, request("/a"), request("/b")],
  ])("matches by %s", (_name, match, inside, outside) => {
    expect(fate([rule(match)], inside)).toBeDefined();
    expect(fate([rule(match)], outside)).toBeUndefined();
  });

  test("a rule is about the listeners it names", () => {
    const rules = [rule({ listener: ["LOCAL", "DELAY"] })];
    expect(fate(rules, request("/a"), "LOCAL")).toBeDefined();
    expect(fate(rules, request("/a"), "ERROR")).toBeUndefined();
  });

  test("the first rule that matches decides; one that is off does not match", () => {
    const name = (decision: Decision | undefined) => decision?.rule;
    const first: FaultRule = { name: "first", match: { attempt: 1 }, fault: PASS };
    const second: FaultRule = { name: "second", fault: HANG };
    expect(name(fate([first, second], request("/a")))).toBe("first");
    expect(name(fate([first, second], request("/a", 2)))).toBe("second");
    expect(name(fate([{ ...first, enabled: false }, second], request("/a")))).toBe("second");
    expect(name(fate([rule({ method: "PUT" }), rule()], request("/a")))).toBe("rule-2");
  });
});

describe("the profile book1", () => {
  const { rules } = namedProfile("book1", RATES);

  test("keeps the fates of seed 1, so that a release never changes what users see", () => {
    const counts: Record<string, number> = { none: 0 };
    const statuses = new Set<number | undefined>();
    for (const path of everyFlagPath()) {
      const decision = fate(rules, request(`/flags${path}`));
      const kind = decision?.fault.kind ?? "none";
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (kind === "status") statuses.add(decision?.status);
    }
    expect(counts).toEqual({ none: 160, delay: 361, status: 155 });
    expect([...statuses].sort()).toEqual(ERROR_STATUSES);
  });

  test.each([
    ["seed", { seed: "2" }],
    ["attempt", { attempt: 2 }],
  ])("another %s gives other fates", (_part, change) => {
    const kinds = (changed: object) =>
      everyFlagPath().map((path) => fate(rules, { ...request(path), ...changed })?.fault.kind);
    const base = kinds({});
    const moved = kinds(change).filter((kind, index) => kind !== base[index]);
    // Independent fates differ for 1 - (1/16 + 1/4 + 1/16) = 62.5 % of the paths.
    expect(moved.length).toBeGreaterThan(676 * 0.5);
  });

  test("leaves nothing to chance at rates of 0 and 1", () => {
    const kind = (errorRate: number, delayRate: number) => {
      const profile = namedProfile("book1", { delayMs: 1, errorRate, delayRate });
      return fate(profile.rules, request("/a"))?.fault.kind;
    };
    expect([kind(0, 0), kind(0, 1), kind(1, 1)]).toEqual([undefined, "delay", "status"]);
  });
});

describe("the profiles", () => {
  test.each(PROFILE_NAMES.map((name) => [name]))("%s: names of rules are its own", (name) => {
    const names = namedProfile(name, RATES).rules.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const one of names) expect(one).toMatch(/^[a-z0-9-]+$/);
  });
});
