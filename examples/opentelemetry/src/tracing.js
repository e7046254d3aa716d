// OpenTelemetry as every thread has it: the program's and the workers', each with spans of its own.
import { isMainThread } from "node:worker_threads";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export const tracer = trace.getTracer("example");

/** Gives the spans that ended in this thread, as plain data; a service would export them from here instead. */
export async function endedSpans() {
  await provider.forceFlush();
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentId: span.parentSpanContext?.spanId,
    thread: isMainThread ? "main thread" : "worker thread",
    startMs: span.startTime[0] * 1e3 + span.startTime[1] / 1e6,
  }));
  exporter.reset();
  return spans;
}
