import type { CompiledRule, MatchedRequest } from "./compile.js";
import { delayTime, type DelayTime } from "./delay-time.js";
import { draw, type Draws, type RequestIdentity } from "./draw.js";
import type { Fault } from "./fault.js";

/** What happens to a request, with nothing left to chance. */
export interface Decision {
  /** Name of the rule that decided. */
  readonly rule: string;
  readonly fault: Fault;
  readonly delay: DelayTime | undefined;
  /** With a status fault, the status that was drawn. */
  readonly status: number;
}

const UNDRAWN: Draws = { chance: 0, choice: 0, time: [0, 0] };

/**
 * Decides the fate of a request: the first rule that matches has it.
 *
 * A pure function of the rules, the seed, the listener, the method, the path and the attempt. A higher
 * probability adds faults and takes none away.
 */
export function decide(
  rules: readonly CompiledRule[],
  request: RequestIdentity & MatchedRequest,
): Decision | undefined {
  for (const rule of rules) {
    if (!rule.matches(request)) continue;
    const draws = rule.drawn ? draw(request, rule.name) : UNDRAWN;
    const fault = faultOf(rule, draws.chance);
    if (fault !== undefined) return settle(rule.name, fault, draws);
  }
  return undefined;
}

/** Settles a fault that no rule but the request itself asked for, under a name of its own. */
export function resolve(rule: string, fault: Fault, identity: RequestIdentity): Decision {
  return settle(rule, fault, draw(identity, rule));
}

/** Takes what is open out of a fault: which status, and how long the delay is. */
function settle(rule: string, fault: Fault, draws: Draws): Decision {
  return {
    rule,
    fault,
    delay: fault.delay === undefined ? undefined : delayTime(fault.delay, draws.time),
    status: fault.kind === "status" ? pick(fault.status, draws.choice) : 0,
  };
}

function faultOf({ shares }: CompiledRule, chance: number): Fault | undefined {
  let below = 0;
  for (const { share, fault } of shares) {
    below += share;
    if (chance < below) return fault;
  }
  return undefined;
}

function pick(status: number | readonly number[], choice: number): number {
  if (typeof status === "number") return status;
  return status[choice % status.length] ?? 500;
}
