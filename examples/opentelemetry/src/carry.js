// Takes the caller's span into the thread of a task, as a W3C traceparent.
import { AsyncLocalStorage } from "node:async_hooks";
import { defineTasks } from "@concur/pool";
import { context, trace } from "@opentelemetry/api";

/** The context of the call that is being submitted, where calls have spans: see call-spans.js. */
export const callContext = new AsyncLocalStorage();

/** Runs in the thread of the caller, once per call. */
export function capture() {
  const spanContext = trace.getSpanContext(callContext.getStore() ?? context.active());
  if (spanContext === undefined) return undefined;
  const { traceId, spanId, traceFlags } = spanContext;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** Runs in the thread of the task, around it. */
export const { restore } = defineTasks(import.meta.url, {
  restore(traceparent, run) {
    if (traceparent === undefined) return run();
    const [, traceId, spanId, flags] = traceparent.split("-");
    const caller = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
    return context.with(trace.setSpanContext(context.active(), caller), run);
  },
});
