import type { FlagServerOptions } from "./options.js";

/** The one argument of a server's process that gets its options over the channel to the process that launched it. */
export const LAUNCHED = "--launched";

/** What a launched server is to be, the first that it is told. Options of any size go this way, as by no argument. */
export interface LaunchOrder {
  readonly type: "start";
  readonly options: FlagServerOptions;
}

/** Tells a launch order from whatever else may come through a channel. */
export function isLaunchOrder(message: unknown): message is LaunchOrder {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === "start"
  );
}

/** What a launched server tells the process that launched it, once, over the channel between them. */
export type LaunchMessage =
  | {
      readonly type: "listening";
      readonly urls: Readonly<Record<string, string>>;
      readonly controlUrl?: string;
      readonly certificate?: string;
    }
  | { readonly type: "failed"; readonly message: string; readonly code: string };

/** Tells a launch message from whatever else may come through a channel. */
export function isLaunchMessage(message: unknown): message is LaunchMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  return message.type === "listening" || message.type === "failed";
}
