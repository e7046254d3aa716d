/** What a launched server tells the process that launched it, once, over the channel between them. */
export type LaunchMessage =
  | {
      readonly type: "listening";
      readonly urls: Readonly<Record<string, string>>;
      readonly controlUrl?: string;
    }
  | { readonly type: "failed"; readonly message: string; readonly code: string };

/** Tells a launch message from whatever else may come through a channel. */
export function isLaunchMessage(message: unknown): message is LaunchMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  return message.type === "listening" || message.type === "failed";
}
