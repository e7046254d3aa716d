import { ThreadPoolExecutor } from "@concur/pool";
import { traceCalls } from "./call-spans.js";
import { capture, restore } from "./carry.js";
import { printTrace } from "./print-trace.js";
import { countPrimes, takeSpans } from "./tasks.js";
import { endedSpans, tracer } from "./tracing.js";

const executor = new ThreadPoolExecutor({ maxWorkers: 2, context: { capture, restore } });

await tracer.startActiveSpan("request", async (span) => {
  await executor.run(countPrimes, 100_000);
  traceCalls();
  await executor.with({ name: "small one" }).run(countPrimes, 1_000);
  span.end();
});

// Each worker gives the spans that it has made.
const ofWorkers = await executor.broadcast(takeSpans);
await executor.shutdown();
printTrace([...(await endedSpans()), ...ofWorkers.flat()]);
