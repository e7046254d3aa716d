const wishes = new Set<() => void>();
let watching = false;

/** Calls `wish` when the program ends, unless the function that this returns was called before. */
export function atProgramEnd(wish: () => void): () => void {
  if (!watching) {
    watching = true;
    process.on("exit", () => {
      for (const each of wishes) each();
    });
  }
  wishes.add(wish);
  return () => {
    wishes.delete(wish);
  };
}
