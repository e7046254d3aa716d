import { FLAG_LISTENER_LABELS, type FlagListenerLabel } from "../listener-label.js";
import { compileRules, isAbout, type ListenerRules } from "./compile.js";
import type { FaultLimits, FaultProfile, FaultRule } from "./rule.js";

/** What is in force on one listener. */
export interface InForce extends ListenerRules {
  readonly limits: FaultLimits;
}

const NOTHING: InForce = { requests: [], connections: [], limits: {} };

/** The rules and limits that are in force, which may change while the server runs. */
export class RuleBook {
  readonly #original: FaultProfile;
  #rules: readonly FaultRule[] = [];
  #limits: FaultLimits = {};
  #inForce = new Map<FlagListenerLabel, InForce>();

  constructor(profile: FaultProfile) {
    this.#original = profile;
    this.restore();
  }

  /** All rules in their order, each with its name. */
  get rules(): readonly FaultRule[] {
    return this.#rules;
  }

  get limits(): FaultLimits {
    return this.#limits;
  }

  /** Gives what is in force on one listener, ready for use. The same object until something changes. */
  of(listener: FlagListenerLabel): InForce {
    return this.#inForce.get(listener) ?? NOTHING;
  }

  /** Puts other rules in place, which have been checked; those before leave no trace. */
  replace(rules: readonly FaultRule[], limits: FaultLimits = this.#limits): void {
    this.#rules = rules.map((rule, index) => ({ ...rule, name: rule.name ?? `rule-${index + 1}` }));
    this.#limits = limits;
    this.#inForce = new Map(
      FLAG_LISTENER_LABELS.map((label) => [
        label,
        {
          ...compileRules(this.#rules, label),
          limits: isAbout(limits.listener, label) ? limits : {},
        },
      ]),
    );
  }

  /** Switches a rule on or off. Gives false when there is none of this name. */
  setEnabled(name: string, enabled: boolean): boolean {
    const known = this.#rules.some((rule) => rule.name === name);
    this.replace(this.#rules.map((rule) => (rule.name === name ? { ...rule, enabled } : rule)));
    return known;
  }

  /** Puts the rules and limits of the start back. */
  restore(): void {
    this.replace(this.#original.rules, this.#original.limits ?? {});
  }
}
