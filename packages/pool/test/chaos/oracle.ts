import { inspect } from "node:util";
import type { Call } from "./call.js";
import type { Cells } from "./cells.js";
import { codeOf, shortly } from "./same.js";
import { endsByForce, endsEarly, type World } from "./world.js";

/** Timers of Node may be early by the part of a millisecond that they round away. */
const TIMER_SLACK_MS = 2;

/** Judges one call that is settled: gives what is wrong with its end, or undefined. */
export function complaintAbout(call: Call, world: World, cells: Cells): string | undefined {
  const begun = cells.begun(call.id);
  const ended = cells.ended(call.id);
  const wrong = (what: string): string =>
    `${what} (begun ${begun}, ended ${ended}): ${call.toString()} ${describeOutcome(call)}`;
  const { future, plan } = call;
  const { outcome } = future;
  if (call.settled !== 1) return wrong(`settled ${call.settled} times`);
  if (outcome === undefined) return wrong("it has no outcome");
  if (begun > 1 || ended > begun) return wrong("it ran more than once");
  if (call.takenBack && !future.cancelled()) return wrong("it was taken back");
  if (call.takenBack && begun > 0) return wrong("it was taken back and ran");
  if (!isPrefix(call)) return wrong(`its progress is out of order: ${inspect(call.progress)}`);
  if (future.cancelled()) return wrongCancel(call, world, begun, wrong);
  if (plan.isOwn(outcome)) {
    const { begins = begun, ends = ended } = plan;
    if (begun !== begins || ended !== ends) return wrong("its body says otherwise");
    if (outcome.status === "fulfilled" && ended !== 1)
      return wrong("it has a value and did not run");
    if (call.kind.name === "reports" && call.progress.length !== Reflect.get(outcome, "value")) {
      return wrong(`it lost progress: ${inspect(call.progress)}`);
    }
    return undefined;
  }
  if (outcome.status === "fulfilled") return wrong("it has another value");
  return wrongFailure(call, world, begun, outcome.reason, wrong);
}

function isPrefix({ id, progress }: Call): boolean {
  return progress.every(
    (value, index) => Array.isArray(value) && value[0] === id && value[1] === index,
  );
}

function wrongCancel(
  call: Call,
  world: World,
  begun: number,
  wrong: (what: string) => string,
): string | undefined {
  if (call.takenBack) return undefined;
  if (call.reasons.length === 0) {
    if (!endsEarly(world)) return wrong("nobody cancelled it");
    return begun > 0 ? wrong("the shutdown cancelled it and it ran") : undefined;
  }
  const { outcome } = call.future;
  const cause: unknown =
    outcome?.status === "rejected" ? (outcome.reason as Error).cause : undefined;
  const byShutdown = endsEarly(world) && cause === undefined && begun === 0;
  return byShutdown || call.reasons.includes(cause) ? undefined : wrong("it has another reason");
}

function wrongFailure(
  call: Call,
  world: World,
  begun: number,
  reason: unknown,
  wrong: (what: string) => string,
): string | undefined {
  switch (codeOf(reason)) {
    case "CONCUR_TIMEOUT": {
      const { timeoutMs = Infinity } = call.options;
      return call.settledAt - call.submittedAt + TIMER_SLACK_MS >= timeoutMs
        ? undefined
        : wrong("it had more time");
    }
    case "CONCUR_WORKER_CRASHED": {
      const { started, message } = reason as { started: unknown; message: string };
      // Not begun, and given up, as several workers died when it was next.
      if (started !== true && (begun > 0 || !world.deadly)) return wrong("it did begin");
      return world.deadly || message.includes("was killed to stop")
        ? undefined
        : wrong("no worker should have died");
    }
    case "CONCUR_BROKEN":
      return endsByForce(world) ? undefined : wrong("nothing is broken");
    default:
      return wrong("it failed otherwise");
  }
}

function describeOutcome({ future: { outcome } }: Call): string {
  if (outcome === undefined) return "";
  return shortly(outcome.status === "fulfilled" ? outcome.value : outcome.reason);
}
