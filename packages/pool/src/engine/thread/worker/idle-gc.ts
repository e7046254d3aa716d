import { clearInterval, setImmediate, setInterval } from "../../../internal/platform.js";
import { IDLE_LOOK_MS } from "../../tuning.js";

/**
 * Gives back to the system what the start of this thread has left behind, once, as soon as it has nothing to do. A start fills
 * the memory for young objects with what is never needed again, and V8 looks there only when more is to be put in.
 *
 * Once, as what tasks leave behind is V8's own business: it knows how much that is, and how fast it grows.
 *
 * @param begunCount - Gives how many calls the thread has begun; undefined while one of them runs.
 */
export function collectWhenIdle(begunCount: () => number | undefined): void {
  let last = begunCount();
  const clock = setInterval(() => {
    const now = begunCount();
    const rests = now !== undefined && now === last;
    last = now;
    if (!rests) return;
    clearInterval(clock);
    collect();
  }, IDLE_LOOK_MS);
  clock.unref();
}

/** The only way to V8's thorough collection that needs no flag, and shrinks the heap afterwards, leads through the inspector. */
function collect(): void {
  try {
    // A Node that was built without it has no such module, and one that is told what it may do can refuse a session.
    const inspector = process.getBuiltinModule("node:inspector");
    const session = new inspector.Session();
    session.connect();
    session.post("HeapProfiler.collectGarbage", () => {
      // From within its own answer a session cannot be left: the thread would wait for itself.
      setImmediate(() => {
        session.disconnect();
      });
    });
  } catch {
    // Then the thread stays as it is.
  }
}
