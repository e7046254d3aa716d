/** What the executor behind a future does when its user wants the call stopped. */
export interface FutureOwner {
  /** Takes back a call that has not begun; false when it has. */
  cancel(): boolean;
  /** Says whether a call that was never reported as started has begun all the same, where that can be looked up. */
  hasBegun?(): boolean;
  /** Begins to stop a call that runs; false when nothing can stop it. */
  abort(reason: unknown): boolean;
  /**
   * Lets this thread stand still until the call is done, or until that moment of `monotonicMs()`; absent where it could only be ended
   * by this thread.
   *
   * @throws {DeadlockError} When nothing can end it while this thread stands still.
   */
  block?(untilMs: number): void;
}
