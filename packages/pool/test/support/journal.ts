/** What one `next()` gave or threw. */
export type Entry = { value: unknown } | { error: unknown };

/** Far more steps than any test takes, so that an iterator without an end fails its test instead of hanging it. */
const MOST_ENTRIES = 10_000;

/** Calls `next()` until the end, also past errors, and writes down what came. */
export async function journalOf(iterator: AsyncIterator<unknown>): Promise<Entry[]> {
  const entries: Entry[] = [];
  while (entries.length < MOST_ENTRIES) {
    try {
      const step = await iterator.next();
      if (step.done) return entries;
      entries.push({ value: step.value });
    } catch (error) {
      entries.push({ error });
    }
  }
  throw new Error(`no end after ${MOST_ENTRIES} entries`);
}
