import { describe, expect, test } from "@jest/globals";

import { launchFlagServer, startFlagServer } from "../../src/index.js";
import { portOf, resolveOptions } from "../../src/options.js";
import { namedProfile } from "../../src/rules/profiles.js";

const WRONG: [options: object | null, error: new (message: string) => Error, message: string][] = [
  [null, TypeError, "options must be an object"],
  [{ host: 5 }, TypeError, "host must be a string, not 5"],
  [{ host: "" }, RangeError, "host must not be empty"],
  [{ port: "8001" }, TypeError, 'port must be a number, not "8001"'],
  [{ port: null }, TypeError, "port must be a number, not null"],
  [{ port: -1 }, RangeError, "port must be an integer from 0 to 65533, not -1"],
  [{ port: 65_534 }, RangeError, "port must be an integer from 0 to 65533, not 65534"],
  [{ port: NaN }, RangeError, "port must be an integer from 0 to 65533, not NaN"],
  [
    { port: 65_536, listeners: ["LOCAL"] },
    RangeError,
    "port must be an integer from 0 to 65535, not 65536",
  ],
  [{ listeners: "LOCAL" }, TypeError, 'listeners must be an array of labels, not "LOCAL"'],
  [{ listeners: [] }, RangeError, "listeners must name at least one listener"],
  [{ listeners: ["local"] }, RangeError, 'listeners must be of LOCAL, DELAY, ERROR, not "local"'],
  [
    { listeners: ["DELAY", "DELAY"] },
    RangeError,
    'listeners must name each listener once, not "DELAY" twice',
  ],
  [{ seed: 1.5 }, RangeError, "seed must be a safe integer or a string, not 1.5"],
  [{ seed: 1n }, TypeError, "seed must be a number or a string, not 1n"],
  [{ delayMs: 0.5 }, RangeError, "delayMs must be an integer from 0 to 2147483647, not 0.5"],
  [
    { delayMs: 2 ** 31 },
    RangeError,
    "delayMs must be an integer from 0 to 2147483647, not 2147483648",
  ],
  [{ errorRate: 1.01 }, RangeError, "errorRate must be from 0 to 1, not 1.01"],
  [{ errorRate: true }, TypeError, "errorRate must be a number, not true"],
  [{ delayRate: NaN }, RangeError, "delayRate must be from 0 to 1, not NaN"],
  [
    { graceMs: Infinity },
    RangeError,
    "graceMs must be an integer from 0 to 2147483647, not Infinity",
  ],
  [
    { profile: "book3" },
    RangeError,
    'profile must be a profile or one of book1, book2, flaky-cdn, rate-limited, captive-portal, none, not "book3"',
  ],
  [{ profile: { rules: 5 } }, TypeError, "profile.rules must be an array, not 5"],
  [{ profile: {} }, RangeError, "profile.rules is missing"],
  [{ rules: {} }, TypeError, "rules must be an array, not a value of type object"],
  [
    { rules: [{ fault: { kind: "explode" } }] },
    RangeError,
    'rules[0].fault.kind must be pass, delay, status, reset, truncate, drip, hang, content-type, wrong-length, html, bad-trailer, redirect, gzip, informational, trailers, garbage or slow-accept, not "explode"',
  ],
  [{ files: 5 }, TypeError, "files must be a folder or an object of files, not 5"],
  [{ files: { a: "" } }, RangeError, 'files must have paths that begin with "/", not "a"'],
  [{ files: { "/a": 5 } }, TypeError, 'files["/a"] must be or have a body of text or bytes'],
  [
    { files: { "/a": { body: "", contentType: "a\nb" } } },
    TypeError,
    'files["/a"].contentType must be a media type, not "a\\nb"',
  ],
  [{ faultHeaders: 1 }, TypeError, "faultHeaders must be true or false, not 1"],
  [{ control: "yes" }, TypeError, 'control must be true or false, not "yes"'],
  [
    { controlPort: 65_536 },
    RangeError,
    "controlPort must be an integer from 0 to 65535, not 65536",
  ],
  [
    { controlHost: "0.0.0.0" },
    RangeError,
    "controlHost needs controlToken: others can reach 0.0.0.0",
  ],
  [
    { controlToken: "short" },
    RangeError,
    "controlToken must be 16 to 200 letters, digits and -._~+/",
  ],
  [{ controlToken: 5 }, TypeError, "controlToken must be a string, not 5"],
  [{ graceMs: {} }, TypeError, "graceMs must be a number, not a value of type object"],
];

describe("options", () => {
  test.each(WRONG)("%j are refused at the call", (options, error, message) => {
    for (const start of [startFlagServer, launchFlagServer]) {
      // @ts-expect-error: the options are wrong on purpose.
      const call = () => start(options);
      expect(call).toThrow(error);
      expect(call).toThrow(message);
    }
  });

  test("have the book's ports, delay and rates by default", () => {
    const settings = resolveOptions();
    expect(settings).toEqual({
      ...{ files: undefined, faultHeaders: false, control: false, controlPort: undefined },
      host: undefined,
      port: 8001,
      listeners: ["LOCAL", "DELAY", "ERROR"],
      seed: "1",
      graceMs: 2000,
      profile: namedProfile("book1", { delayMs: 500, errorRate: 0.25, delayRate: 0.5 }),
    });
    const ports = settings.listeners.map((label) => portOf(label, settings.port));
    expect(ports).toEqual([8001, 8002, 8003]);
  });

  test("take undefined as absent, and put listeners in the order of their ports", () => {
    expect(resolveOptions({ seed: undefined } as object)).toEqual(resolveOptions());
    expect(resolveOptions({ listeners: ["ERROR", "LOCAL"] }).listeners).toEqual(["LOCAL", "ERROR"]);
  });

  test("let a single listener have the last port of all", () => {
    expect(resolveOptions({ port: 65_535, listeners: ["LOCAL"] }).port).toBe(65_535);
  });
});
