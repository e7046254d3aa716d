/** Gives what a promise has brought by the next turn of the event loop, or undefined when it is still open. */
export async function byNextTurn<T>(promise: Promise<T>): Promise<T | undefined> {
  let value: T | undefined;
  void promise.then((result) => (value = result));
  await new Promise(setImmediate);
  return value;
}
