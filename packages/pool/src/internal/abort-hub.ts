/** All listeners of one signal, behind the one that the signal itself holds. */
interface Hub {
  callbacks: Set<(reason: unknown) => void>;
  detach(): void;
}

const hubs = new WeakMap<AbortSignal, Hub>();

/**
 * Calls `callback` when `signal` aborts, and returns the function that takes the callback away again.
 *
 * A signal with more than ten listeners makes Node warn of a leak, and one signal may well stop a thousand
 * calls. So each signal gets one listener, shared by all.
 */
export function onAbort(signal: AbortSignal, callback: (reason: unknown) => void): () => void {
  const hub = hubs.get(signal) ?? createHub(signal);
  // A wrapper of its own, so that the same function can be registered twice.
  const entry = (reason: unknown): void => {
    callback(reason);
  };
  hub.callbacks.add(entry);
  return () => {
    hub.callbacks.delete(entry);
    if (hub.callbacks.size === 0) hub.detach();
  };
}

function createHub(signal: AbortSignal): Hub {
  const callbacks = new Set<(reason: unknown) => void>();
  const fire = (): void => {
    hub.detach();
    for (const callback of callbacks) callback(signal.reason);
  };
  const hub: Hub = {
    callbacks,
    detach() {
      signal.removeEventListener("abort", fire);
      if (hubs.get(signal) === hub) hubs.delete(signal);
    },
  };
  signal.addEventListener("abort", fire);
  hubs.set(signal, hub);
  return hub;
}

/** Ties a call that was just made to the signal of its options, which may cancel it here and now. */
export function watchSignal(
  signal: AbortSignal | undefined,
  future: { abort(reason: unknown): unknown },
  call: { cancelled(reason: unknown): void; onRelease(release: () => void): void },
): void {
  if (signal === undefined) return;
  if (signal.aborted) {
    call.cancelled(signal.reason);
    return;
  }
  call.onRelease(
    onAbort(signal, (reason) => {
      future.abort(reason);
    }),
  );
}
