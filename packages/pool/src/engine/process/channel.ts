import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { giveBack } from "../shared/scratch.js";
import type { ChildLines } from "./rendezvous.js";

/** Carries bytes to a child and back. */
export interface Channel {
  send(parts: readonly Buffer[]): void;
  destroy(): void;
}

/** Is told what comes. */
export interface ChannelListener {
  /** More may be had from the `source`, if there is one. */
  bytes(chunk: Buffer, source?: Socket): void;
  /** All that will ever come has come. */
  hungUp(): void;
}

/** The sockets that the child has connected. */
export function socketChannel({ calls, replies }: ChildLines, listener: ChannelListener): Channel {
  replies.on("data", (chunk: Buffer) => {
    listener.bytes(chunk, replies);
  });
  replies.once("close", () => {
    listener.hungUp();
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

/** Node's own channel to the child, where there is no socket. */
export function ipcChannel(child: ChildProcess, listener: ChannelListener): Channel {
  child.on("message", (message: unknown) => {
    // workerpool uses the channel as well, for objects.
    if (message instanceof Uint8Array) {
      listener.bytes(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    }
  });
  child.once("disconnect", () => {
    listener.hungUp();
  });
  return {
    send(parts) {
      // What cannot be sent any more is for a child that is gone, and its end is told elsewhere.
      for (const part of parts) if (child.connected) child.send(part, () => undefined);
    },
    destroy() {
      if (child.connected) child.disconnect();
    },
  };
}
