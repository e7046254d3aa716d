import { expect, test } from "@jest/globals";
import { createFuture } from "../../src/testing.js";

test("progress reaches each listener, in order, and does not change the state", () => {
  const { future, start, progress } = createFuture<number>();
  const seen: unknown[] = [];
  future.onProgress((value) => seen.push(["a", value]));
  future.onProgress((value) => seen.push(["b", value]));
  start();
  progress(1);
  progress({ step: 2 });
  expect(seen).toEqual([
    ["a", 1],
    ["b", 1],
    ["a", { step: 2 }],
    ["b", { step: 2 }],
  ]);
  expect(future.state).toBe("running");
});

test("a listener hears only what comes after it was added", () => {
  const { future, progress } = createFuture<number>();
  const seen: unknown[] = [];
  progress(1);
  future.onProgress((value) => seen.push(value));
  progress(2);
  expect(seen).toEqual([2]);
});

test("a falsy value is progress like any other", () => {
  const { future, progress } = createFuture<number>();
  const seen: unknown[] = [];
  future.onProgress((value) => seen.push(value));
  for (const value of [undefined, null, 0, ""]) progress(value);
  expect(seen).toEqual([undefined, null, 0, ""]);
});

test("a listener can be taken away, also when the same function was added twice", () => {
  const { future, progress, listenerCount } = createFuture<number>();
  const seen: unknown[] = [];
  const note = (value: unknown) => seen.push(value);
  future.onProgress(note);
  const remove = future.onProgress(note);
  remove();
  remove();
  progress("once");
  expect(seen).toEqual(["once"]);
  expect(listenerCount()).toBe(1);
});

test("after the end nobody listens, and a late listener is not kept", () => {
  const { future, resolve, progress, listenerCount } = createFuture<number>();
  const seen: unknown[] = [];
  future.onProgress((value) => seen.push(value));
  resolve(1);
  progress("late");
  const remove = future.onProgress((value) => seen.push(value));
  progress("later");
  remove();
  expect(seen).toEqual([]);
  expect(listenerCount()).toBe(0);
});

test("a listener must be a function", () => {
  const { future } = createFuture<number>();
  const text: unknown = "text";
  expect(() => future.onProgress(text as () => void)).toThrow(TypeError);
});
