/** Input of `map`: read as it is asked for, or as it arrives. */
export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

/** The results of `map`: one pass, to be read with `for await`, `next()` or `toArray()`. */
export interface ResultIterator<R> extends AsyncIterableIterator<R>, AsyncDisposable {
  next(): Promise<IteratorResult<R, undefined>>;
  /** Cancels what has not begun and ends the iteration; what runs, runs on. */
  return(): Promise<IteratorResult<R, undefined>>;
  /** Collects the results that are left; rejects with the first failure and then cancels the rest. */
  toArray(): Promise<R[]>;
}
