// The timers as they were before anything could fake them. Import this first.
const { clearTimeout, setImmediate, setTimeout } = globalThis;

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Lets the event loop turn once. */
export function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Settles as the promise does, or rejects after so long. */
export function within(ms, what, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not settle in ${ms} ms`)), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
