import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Ajv2020 } from "ajv/dist/2020.js";

import { checkProfile, checkRules } from "../../../src/rules/check-rules.js";
import { findProblem } from "../../../src/rules/check-schema.js";
import { namedProfile, PROFILE_NAMES } from "../../../src/rules/profiles.js";
import { profileSchema, type Schema } from "../../../src/rules/schema.js";
import { anyProfile } from "../../support/profiles.js";

const require = createRequire(import.meta.url);
const published = JSON.parse(
  readFileSync(require.resolve("@concur/flag-server/profile.schema.json"), "utf8"),
) as Schema;
const isValid = new Ajv2020({ strict: true, strictRequired: false }).compile(published);
const RATES = { delayMs: 500, errorRate: 0.25, delayRate: 0.5 };

/** Gives what an action throws as text, or nothing. */
function complaint(action: () => unknown): string {
  try {
    action();
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("the published schema", () => {
  test("is the one that the server checks with", () => {
    expect(published).toEqual(profileSchema());
  });

  test.each(PROFILE_NAMES.map((name) => [name]))("fits the profile %s", (name) => {
    const profile = namedProfile(name, RATES);
    expect([isValid(profile), findProblem(profile, profileSchema(), "")]).toEqual([
      true,
      undefined,
    ]);
  });

  test("another validator accepts and refuses the same profiles", () => {
    const verdicts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const ours = findProblem(profile, profileSchema(), "") === undefined;
        expect(ours).toBe(isValid(profile));
        verdicts[ours ? "accepted" : "refused"] += 1;
      }),
      { numRuns: 3000 },
    );
    expect(verdicts.accepted).toBeGreaterThan(300);
    expect(verdicts.refused).toBeGreaterThan(300);
  });

  test("whatever is accepted by the schema is refused later for its meaning alone", () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        fc.pre(isValid(profile));
        expect(complaint(() => checkProfile(profile))).toMatch(
          /^$|^RangeError: .*(must (not )?be (unique|above|absent|slow)|must have shares)/,
        );
      }),
    );
  });
});

describe("checkRules()", () => {
  const hang = { kind: "hang" };
  test.each<[unknown, string]>([
    [5, "rules must be an array, not 5"],
    [[5], "rules[0] must be an object, not 5"],
    [[{}], "rules[0] must have one of fault or oneOf"],
    [
      [{ fault: hang, oneOf: [{ share: 1, fault: hang }] }],
      "rules[0] must have only one of fault or oneOf",
    ],
    [
      [{ fault: hang, when: 1 }],
      "rules[0].when is unknown; there is name, enabled, match, fault or oneOf",
    ],
    [[{ fault: "hang" }], 'rules[0].fault must be an object, not "hang"'],
    [[{ fault: { kind: "delay" } }], "rules[0].fault.delay is missing"],
    [
      [{ fault: { kind: "delay", delay: -1 } }],
      "rules[0].fault.delay must be an integer from 0 to 2147483647, not -1",
    ],
    [
      [{ fault: { kind: "delay", delay: "1s" } }],
      'rules[0].fault.delay must be an integer or an object, not "1s"',
    ],
    [
      [{ fault: { kind: "delay", delay: { distribution: "gauss" } } }],
      'rules[0].fault.delay.distribution must be uniform, normal, lognormal or pareto, not "gauss"',
    ],
    [
      [{ fault: { kind: "delay", delay: { distribution: "normal", meanMs: 5 } } }],
      "rules[0].fault.delay.deviationMs is missing",
    ],
    [
      [{ fault: { kind: "delay", delay: { distribution: "uniform", minMs: 5, maxMs: 4 } } }],
      "rules[0].fault.delay.minMs must not be above maxMs",
    ],
    [
      [{ fault: { kind: "status", status: [200, 600] } }],
      "rules[0].fault.status[1] must be an integer from 200 to 599, not 600",
    ],
    [
      [{ fault: { kind: "status", status: 200, contentType: "a\r\nSet-Cookie: x" } }],
      'rules[0].fault.contentType must match ^[\\t\\x20-\\x7e]*$, not "a\\r\\nSet-Cookie: x"',
    ],
    [
      [{ fault: { kind: "wrong-length", differenceBytes: 0 } }],
      "rules[0].fault.differenceBytes must not be 0",
    ],
    [
      [{ fault: hang, match: { listener: "NEAR" } }],
      'rules[0].match.listener must be LOCAL, DELAY or ERROR, not "NEAR"',
    ],
    [[{ fault: hang, match: { codes: [] } }], "rules[0].match.codes must not be empty"],
    [
      [{ fault: hang, match: { attempt: 0 } }],
      "rules[0].match.attempt must be an integer from 1 to 9007199254740991, not 0",
    ],
    [
      [{ fault: hang, match: { attempt: {} } }],
      "rules[0].match.attempt must have one of from or to",
    ],
    [
      [{ fault: hang, match: { attempt: { from: 3, to: 2 } } }],
      "rules[0].match.attempt.from must not be above to",
    ],
    [
      [{ fault: hang, match: { probability: Number.NaN } }],
      "rules[0].match.probability must be a number from 0 to 1, not NaN",
    ],
    [
      [{ oneOf: [{ share: 1, fault: hang }], match: { probability: 1 } }],
      "rules[0].match.probability must be absent: the shares of oneOf stand for it",
    ],
    [
      [
        {
          oneOf: [
            { share: 0.6, fault: hang },
            { share: 0.5, fault: hang },
          ],
        },
      ],
      "rules[0].oneOf must have shares of 1 together at most",
    ],
    [
      [
        { name: "a", fault: hang },
        { name: "a", fault: hang },
      ],
      "rules[1].name must be unique; rules[0] is a too",
    ],
    [
      [{ match: { path: "/a" }, fault: { kind: "slow-accept", delay: 1 } }],
      "rules[0].match.path must be absent: slow-accept is about connections",
    ],
    [
      [{ fault: hang, ["__proto__x"]: 1 }],
      "rules[0].__proto__x is unknown; there is name, enabled, match, fault or oneOf",
    ],
    [
      JSON.parse('[{"fault":{"kind":"hang"},"__proto__":1}]'),
      "rules[0].__proto__ is unknown; there is name, enabled, match, fault or oneOf",
    ],
  ])("refuses %j and names the path", (rules, message) => {
    expect(complaint(() => checkRules(rules))).toMatch(/^(Type|Range)Error: /);
    expect(complaint(() => checkRules(rules)).replace(/^\w+: /, "")).toBe(message);
  });

  test("gives a copy: what the caller changes later has no effect", () => {
    const mine = [{ name: "a", fault: { kind: "hang" } }];
    const rules = checkRules(mine);
    mine[0] = { name: "b", fault: { kind: "pass" } };
    expect(rules).toEqual([{ name: "a", fault: { kind: "hang" } }]);
  });
});
