const callbacks = new Set<() => void>();
let watching = false;

/** Calls `callback` when the program ends, unless the function that this returns was called before. */
export function atExit(callback: () => void): () => void {
  if (!watching) {
    watching = true;
    process.on("exit", () => {
      for (const each of callbacks) each();
    });
  }
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
  };
}
