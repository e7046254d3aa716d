import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  CancelledError,
  InvalidStateError,
  TimeoutError,
  type FutureState,
} from "../../src/index.js";
import { createFuture } from "../../src/testing.js";

/** All that holders and executors can do to a future. */
const OPERATIONS = ["start", "resolve", "reject", "stop", "cancel", "abort"] as const;
type Operation = (typeof OPERATIONS)[number];

/** What a future is, without anything but the rules. */
interface Model {
  state: FutureState;
  status: "fulfilled" | "rejected" | undefined;
  value: unknown;
}

/** Does the operation to the model, and answers what the operation itself must answer. */
function predict(model: Model, operation: Operation, value: unknown): unknown {
  const done = model.status !== undefined;
  const settle = (state: FutureState, status: Model["status"]): void => {
    if (status !== undefined) Object.assign(model, { state, status, value });
  };
  switch (operation) {
    case "start":
      if (model.state === "cancelled") return false;
      if (model.state !== "pending") return InvalidStateError;
      model.state = "running";
      return true;
    case "resolve":
    case "reject":
    case "stop":
      if (done) return InvalidStateError;
      settle(
        operation === "stop" ? "cancelled" : "finished",
        operation === "resolve" ? "fulfilled" : "rejected",
      );
      return undefined;
    case "cancel":
    case "abort":
      if (model.state === "pending") settle("cancelled", "rejected");
      return model.state === "cancelled";
  }
}

/** What `result()` without waiting settles with. */
function promised({ state, status, value }: Model): unknown {
  if (status === "fulfilled") return { status, value };
  if (state === "finished") return { status, reason: value };
  return {
    status: "rejected",
    reason: expect.any(state === "cancelled" ? CancelledError : TimeoutError),
  };
}

test("[A9] done() never goes back and the first outcome stays, whatever is done to a future", async () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom(...OPERATIONS), fc.constantFrom<unknown>(undefined, null, 0, "x")),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const model: Model = { state: "pending", status: undefined, value: undefined };
      const deferred = createFuture<unknown>();
      const { future } = deferred;
      const calls: unknown[] = [];
      let first: unknown;
      future.addDoneCallback((one) => calls.push(one.state));

      const act: Record<Operation, (value: unknown) => unknown> = {
        start: () => deferred.start(),
        resolve: (value) => deferred.resolve(value),
        reject: (value) => deferred.reject(value),
        stop: (value) => deferred.cancel(value),
        cancel: () => future.cancel(),
        abort: (value) => future.abort(value),
      };
      for (const [operation, value] of sequence) {
        const expected = predict(model, operation, value);
        let answer: unknown;
        try {
          answer = act[operation](value);
        } catch (error) {
          answer = (error as Error).constructor;
        }
        expect(answer).toBe(expected);

        expect(future.state).toBe(model.state);
        expect(future.done()).toBe(model.status !== undefined);
        expect(future.running()).toBe(model.state === "running");
        expect(future.cancelled()).toBe(model.state === "cancelled");
        expect(future.outcome?.status).toBe(model.status);
        expect(calls).toEqual(model.status === undefined ? [] : [model.state]);
        first ??= future.outcome;
        expect(future.outcome).toBe(first);
      }

      const [settled] = await Promise.allSettled([future.result({ timeoutMs: 0 })]);
      expect(settled).toEqual(promised(model));
    }),
    { numRuns: 500 },
  );
});
