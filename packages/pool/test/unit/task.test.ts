import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { defineTasks, importTasks, inlineTask } from "../../src/index.js";
import { taskSource } from "../../src/task.js";

const HERE = fileURLToPath(import.meta.url);
const ODD_PATH = join(sep, "we#ird %20 dir?", "tasks é.mjs");

const GOOD_ADDRESSES: [string, string | URL, string][] = [
  ["import.meta.url", import.meta.url, import.meta.url],
  ["a URL object", new URL(import.meta.url), import.meta.url],
  ["an absolute path, as of __filename", HERE, import.meta.url],
  ["a path with odd characters", ODD_PATH, pathToFileURL(ODD_PATH).href],
];

const BAD_ADDRESSES: [string, unknown][] = [
  ["a relative path", "./tasks.js"],
  ["the name of a package", "some-package"],
  ["a URL of the web", "https://example.org/tasks.js"],
  ["such a URL as an object", new URL("https://example.org/tasks.js")],
  ["source text as a URL", "data:text/javascript,export default 1"],
  ["an empty text", ""],
  ["nothing", undefined],
  ["null", null],
  ["a number", 5],
  ["a function", () => 1],
];

describe("defineTasks()", () => {
  test("gives the functions themselves, which can be called as before", async () => {
    const functions = {
      double: (n: number) => n * 2,
      later: async (text: string) => text,
    };
    const before = { ...functions };
    const tasks = defineTasks(import.meta.url, functions);
    expect(tasks.double).toBe(before.double);
    expect(tasks.later).toBe(before.later);
    expect(tasks.double(21)).toBe(42);
    expect(await tasks.later("hello")).toBe("hello");
    expect(tasks.double.name).toBe("double");
    expect(Object.keys(tasks.double)).toEqual([]);
  });

  test.each(GOOD_ADDRESSES)("names module and export: %s", (_kind, module, url) => {
    const { double } = defineTasks(module, { double: (n: number) => n * 2 });
    expect(taskSource(double)).toEqual({ module: url, export: "double" });
  });

  test.each(BAD_ADDRESSES)("refuses %s as the address", (_kind, module) => {
    expect(() => defineTasks(module as string, {})).toThrow(TypeError);
    expect(() => defineTasks(module as string, {})).toThrow("import.meta.url");
  });

  test.each([
    ["a number", 5],
    ["nothing", undefined],
    ["an object", {}],
  ])("refuses %s in the place of a function, and names it", (_kind, value) => {
    const functions = { odd: value } as object as { odd: () => void };
    expect(() => defineTasks(import.meta.url, functions)).toThrow(TypeError);
    expect(() => defineTasks(import.meta.url, functions)).toThrow("'odd'");
  });

  test("leaves other functions what they are", () => {
    expect(taskSource(() => 1)).toBeUndefined();
    expect(taskSource({})).toBeUndefined();
    expect(taskSource(undefined)).toBeUndefined();
  });
});

describe("importTasks()", () => {
  interface Algorithms {
    isPrime: (n: number) => boolean;
  }

  test.each(GOOD_ADDRESSES)(
    "names module and export without loading anything: %s",
    (_k, m, url) => {
      const { isPrime } = importTasks<Algorithms>(m);
      expect(taskSource(isPrime)).toEqual({ module: url, export: "isPrime" });
      expect(isPrime.name).toBe("isPrime");
    },
  );

  test.each(BAD_ADDRESSES)("refuses %s as the address", (_kind, module) => {
    expect(() => importTasks(module as string)).toThrow(TypeError);
    expect(() => importTasks(module as string)).toThrow("import.meta.url");
  });

  test("answers any name with a task, and the same one each time", () => {
    const tasks = importTasks<Record<string, () => void>>(import.meta.url);
    const names = ["default", "constructor", "toString", "hasOwnProperty", "odd name"];
    for (const name of names) {
      expect(taskSource(tasks[name])).toEqual({ module: import.meta.url, export: name });
      expect(tasks[name]).toBe(tasks[name]);
    }
    expect(new Set(names.map((name) => tasks[name])).size).toBe(names.length);
  });

  test("is no promise and has no symbols, so that it can be awaited, spread and printed", async () => {
    const tasks = importTasks<Record<PropertyKey, unknown>>(import.meta.url);
    expect(Reflect.get(tasks, "then")).toBeUndefined();
    expect(Reflect.get(tasks, Symbol.iterator)).toBeUndefined();
    expect(Reflect.get(tasks, Symbol.toPrimitive)).toBeUndefined();
    expect(await Promise.resolve(tasks)).toBe(tasks);
  });

  test("gives references, not functions: a direct call is a TypeError that says what to do", () => {
    const { isPrime } = importTasks<Algorithms>(import.meta.url);
    expect(() => isPrime(7)).toThrow(TypeError);
    expect(() => isPrime(7)).toThrow(/isPrime.*submit it to an executor/);
  });
});

describe("inlineTask() of what has a text that is no function", () => {
  class Hidden {
    #secret(): number {
      return 1;
    }
    get shown(): number {
      return this.#secret();
    }
    get(): number {
      return 5;
    }
    static secret(): () => number {
      return new Hidden().#secret;
    }
  }

  test.each([
    ["a private method", Hidden.secret()],
    [
      "an accessor",
      Reflect.get(Object.getOwnPropertyDescriptor(Hidden.prototype, "shown") ?? {}, "get"),
    ],
  ])("%s is refused in one line that says what to do", (_what, fn) => {
    expect(() => inlineTask(fn as () => number)).toThrow(
      /^inlineTask\(\) cannot send '.*': the text of a private method or an accessor is no function by itself; write it as a function$/,
    );
  });

  test("a method that is called get is none of these", () => {
    // Without `this` it is a function like any other.
    // eslint-disable-next-line @typescript-eslint/unbound-method
    expect(inlineTask(Hidden.prototype.get)()).toBe(5);
  });
});
