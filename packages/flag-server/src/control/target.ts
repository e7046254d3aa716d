import type { StaticFiles } from "../assets.js";
import type { Journal } from "../journal.js";
import type { FlagListenerLabel } from "../listener-label.js";
import type { FlagListener } from "../listener.js";
import type { RuleBook } from "../rules/rule-book.js";

/** What the control listener shows and changes. */
export interface ControlTarget {
  readonly rules: RuleBook;
  readonly journal: Journal;
  readonly listeners: ReadonlyMap<
    FlagListenerLabel,
    { readonly listener: FlagListener; readonly origin: string }
  >;
  readonly files: StaticFiles;
  /** What whoever asks must know, if anything. */
  readonly token: string | undefined;
  /** What clients of the listeners have to trust, as PEM, if they speak TLS. */
  readonly certificate: string | undefined;
  readonly reset: () => void;
}
