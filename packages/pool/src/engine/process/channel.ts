import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";

/** Carries bytes to a child and back. */
export interface Channel {
  send(parts: readonly Buffer[]): void;
  destroy(): void;
}

/** Is told what comes. */
export interface ChannelListener {
  bytes(chunk: Buffer): void;
  /** All that will ever come has come. */
  hungUp(): void;
}

/** A socket that the child has connected. */
export function socketChannel(socket: Socket, listener: ChannelListener): Channel {
  socket.on("data", (chunk: Buffer) => {
    listener.bytes(chunk);
  });
  socket.once("close", () => {
    listener.hungUp();
  });
  // Reading was stopped after the token.
  socket.resume();
  return {
    send(parts) {
      if (socket.destroyed) return;
      if (parts.length > 1) socket.cork();
      for (const part of parts) socket.write(part);
      if (parts.length > 1) socket.uncork();
    },
    destroy() {
      socket.destroy();
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
