/** What listens to each signal, and what Node calls for all of it. */
const hubs = new WeakMap<AbortSignal, { readonly listeners: Set<() => void>; call: () => void }>();

/**
 * Calls a function when a signal aborts, which it has not done yet.
 *
 * A listener of Node's own for each file takes longer than what else is done about its time limits: here all that listen
 * to a signal share one.
 *
 * @returns A function that takes the listener back.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  let hub = hubs.get(signal);
  if (hub === undefined) {
    const listeners = new Set<() => void>();
    hub = {
      listeners,
      call: () => {
        for (const each of [...listeners]) each();
      },
    };
    hubs.set(signal, hub);
  }
  const { listeners, call } = hub;
  if (listeners.size === 0) signal.addEventListener("abort", call);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) signal.removeEventListener("abort", call);
  };
}
