// Makes a span of each call, from its submission to its end, by what the diagnostics channel tells.
import { tracingChannel } from "node:diagnostics_channel";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { callContext } from "./carry.js";
import { tracer } from "./tracing.js";

const spans = new WeakMap();

export function traceCalls() {
  const calls = tracingChannel("concur:call");
  // Bound to the start, the span is there when `capture` runs, and so becomes the parent of what the task does.
  calls.start.bindStore(callContext, (call) => {
    const span = tracer.startSpan(`call of ${call.name}`);
    spans.set(call, span);
    return trace.setSpan(context.active(), span);
  });
  calls.error.subscribe((call) => {
    spans.get(call)?.setStatus({ code: SpanStatusCode.ERROR, message: String(call.error) });
  });
  calls.end.subscribe((call) => {
    // A submission that was refused has no other end.
    if (call.error !== undefined) spans.get(call)?.end();
  });
  calls.asyncEnd.subscribe((call) => {
    spans.get(call)?.end();
  });
}
