import { createFuture, type Deferred } from "../../src/testing.js";

/** The five states a future can be found in, ready-made for tables. */
export interface FiveFutures {
  readonly pending: Deferred<number>;
  readonly running: Deferred<number>;
  readonly cancelled: Deferred<number>;
  readonly failed: Deferred<number>;
  readonly finished: Deferred<number>;
  /** What `failed` failed with. */
  readonly error: Error;
}

export function fiveFutures(): FiveFutures {
  const error = new Error("no such file");
  const make = (): Deferred<number> => createFuture<number>();
  const five = {
    pending: make(),
    running: make(),
    cancelled: make(),
    failed: make(),
    finished: make(),
    error,
  };
  five.running.start();
  five.cancelled.future.cancel();
  five.failed.reject(error);
  five.finished.resolve(42);
  return five;
}
