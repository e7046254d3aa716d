import { defineTasks } from "@concur/pool";
import { endedSpans, tracer } from "./tracing.js";

export const { countPrimes, takeSpans } = defineTasks(import.meta.url, {
  countPrimes(limit) {
    return tracer.startActiveSpan("countPrimes", (span) => {
      const composite = tracer.startActiveSpan("sieve", (inner) => {
        const marks = new Uint8Array(limit);
        for (let n = 2; n * n < limit; n += 1) {
          for (let m = n * n; m < limit; m += n) marks[m] = 1;
        }
        inner.end();
        return marks;
      });
      let count = 0;
      for (let n = 2; n < limit; n += 1) count += 1 - composite[n];
      span.end();
      return count;
    });
  },
  takeSpans: endedSpans,
});
