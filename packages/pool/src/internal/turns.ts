let turns = 0;

/** Counts the waits of this thread that its event loop knows nothing of: for what is counted by its turns. */
export function countTurn(): void {
  turns = (turns + 1) | 0;
}

export function turnsCounted(): number {
  return turns;
}
