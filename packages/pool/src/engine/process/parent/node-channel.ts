import type { ChildProcess } from "node:child_process";

/** What Node's channel has, and its types do not tell of. */
interface Handle {
  onread?: (this: Handle, bytes: unknown) => unknown;
  /** What came along with the bytes. */
  pendingHandle?: unknown;
}

/** The one word of a child that workerpool needs: that its program runs. */
const READY = "ready";

/** Node's own channel to a child, on which a task may say whatever it likes. */
export interface NodeChannel {
  /** Hears nothing any more: whoever uses another way has no need of this one. Its end is still seen. */
  ignore(): void;
}

/**
 * Keeps what a task says on Node's own channel from those it is not meant for: from workerpool, which would take a number in it
 * for one of its own or fail, and from Node, to which some messages are commands, so that a wrong one ends this program.
 *
 * To be called when workerpool has made the child and nothing has come yet.
 *
 * @param garbled - Is told when bytes came that are no message; nothing can be read after them.
 */
export function guardChannel(child: ChildProcess, garbled: (error: unknown) => void): NodeChannel {
  wrapListeners(child, "message", (listeners) => {
    let ready = false;
    return (message, handle) => {
      close(handle);
      if (message !== READY || ready) return;
      ready = true;
      for (const listener of listeners) Reflect.apply(listener, child, [message]);
    };
  });
  wrapListeners(child, "internalMessage", (listeners) => (message, handle) => {
    try {
      for (const listener of listeners) Reflect.apply(listener, child, [message, handle]);
    } catch {
      // A command that only Node may give.
      close(handle);
    }
  });
  let ignored = false;
  const handle = handleOf(child);
  const read = handle?.onread;
  if (handle !== undefined && typeof read === "function") {
    handle.onread = function (bytes) {
      if (ignored && bytes !== undefined) {
        close(this.pendingHandle);
        this.pendingHandle = null;
        return undefined;
      }
      try {
        return Reflect.apply(read, this, [bytes]);
      } catch (error) {
        ignored = true;
        garbled(error);
        return undefined;
      }
    };
  }
  return {
    ignore() {
      ignored = true;
    },
  };
}

type MessageListener = (message: unknown, handle?: unknown) => void;

function wrapListeners(
  child: ChildProcess,
  event: string,
  wrap: (listeners: readonly ((...args: unknown[]) => unknown)[]) => MessageListener,
): void {
  const listeners = child.listeners(event) as ((...args: unknown[]) => unknown)[];
  child.removeAllListeners(event);
  child.on(event, wrap(listeners));
}

function handleOf(child: ChildProcess): Handle | undefined {
  const symbol = Object.getOwnPropertySymbols(child).find(
    ({ description }) => description === "kChannelHandle",
  );
  if (symbol === undefined) return undefined;
  return (Reflect.get(child, symbol) as Handle | null) ?? undefined;
}

/** A socket that a task has sent along would stay open for ever. */
function close(handle: unknown): void {
  if (typeof handle !== "object" || handle === null) return;
  const { destroy, close: end } = handle as { destroy?: unknown; close?: unknown };
  const closing = typeof destroy === "function" ? destroy : end;
  try {
    if (typeof closing === "function") Reflect.apply(closing, handle, []);
  } catch {
    // It is closed already.
  }
}
