import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { types } from "node:util";
import { giveBack } from "../wire/scratch.js";
import type { ChildConnections } from "./rendezvous.js";

/** Carries bytes to a child and back. */
export interface Channel {
  send(parts: readonly Buffer[]): void;
  destroy(): void;
}

/** Is told what comes. */
export interface ChannelListener {
  /** More may be had from the `source`, if there is one. */
  bytes(chunk: Buffer, source?: Socket): void;
  /** Nothing reaches the child any more; what it has written may still come. */
  cut(): void;
  /** All that will ever come has come. */
  hungUp(): void;
}

/** The sockets that the child has connected. */
export function socketChannel(
  { calls, replies }: ChildConnections,
  listener: ChannelListener,
): Channel {
  replies.on("data", (chunk: Buffer) => {
    listener.bytes(chunk, replies);
  });
  replies.once("close", () => {
    listener.hungUp();
  });
  calls.once("close", () => {
    listener.cut();
  });
  // Both were stopped after the token. Nothing comes on the other, but only who reads learns of an end.
  replies.resume();
  calls.resume();
  return {
    send(parts) {
      if (calls.destroyed) return;
      if (parts.length > 1) calls.cork();
      for (const part of parts) {
        calls.write(part, () => {
          giveBack(part);
        });
      }
      if (parts.length > 1) calls.uncork();
    },
    destroy() {
      calls.destroy();
      replies.destroy();
    },
  };
}

/**
 * Node's own channel to the child, where there is no socket. Tasks may use it, too: what is ours begins with the token, which only
 * the two programs know.
 */
export function ipcChannel(child: ChildProcess, token: string, listener: ChannelListener): Channel {
  const mark = Buffer.from(token);
  child.on("message", (message: unknown) => {
    if (!types.isUint8Array(message)) return;
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    if (!bytes.subarray(0, mark.length).equals(mark)) return;
    listener.bytes(bytes.subarray(mark.length));
  });
  child.once("disconnect", () => {
    listener.hungUp();
  });
  return {
    send(parts) {
      // What cannot be sent any more is for a child that is gone, and its end is told elsewhere.
      for (const part of parts) {
        if (child.connected) child.send(Buffer.concat([mark, part]), () => undefined);
      }
    },
    destroy() {
      if (child.connected) child.disconnect();
    },
  };
}
