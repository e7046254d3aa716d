// The program of every child process. It is built into one CommonJS file, which starts faster than an ES module.
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import worker from "workerpool/src/worker.js";
import { encodeThrown } from "../../../codec/encode-error.js";
import { apply, exitProcess } from "../../../internal/platform.js";
import { decodePayload } from "../wire/payload.js";
import { firstIds } from "../wire/call-id.js";
import type { ChildBirth } from "../wire/process-messages.js";
import { Claims } from "./claims.js";
import { ChildLoop } from "./child-loop.js";
import { ChildReplies } from "./child-replies.js";
import type { ParentConnection } from "./connection.js";
import { moduleLoads } from "../../worker/module-loads.js";
import { openConnection } from "./socket-connection.js";
import { ConsoleCapture } from "../../worker/console-capture.js";
import { loadTask } from "../../worker/task-table.js";
import { enterWorker } from "../../shared/nesting.js";
import { startSideThread } from "./side-thread.js";

moduleLoads.install();

// Ctrl-C goes to all processes of a terminal, and what it means is for the parent to decide.
process.on("SIGINT", () => undefined);

// Whoever speaks on Node's channel when the parent has been killed would otherwise print the stack of that on its terminal.
process.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || error.code === "ECONNRESET") exitProcess(1);
  throw error;
});

// The one call of workerpool's, which never ends: it is how workerpool knows that the worker is in use.
worker.add({
  attach: (birth: unknown) => {
    void begin(birth as ChildBirth);
    return new Promise(() => undefined);
  },
});

async function begin(birth: ChildBirth): Promise<void> {
  process.title = birth.name;
  enterWorker(birth.nesting);
  const claims = Claims.create(firstIds());
  startSideThread(birth, claims);
  const connection: ParentConnection = openConnection(
    birth,
    (chunk, source) => {
      loop.receive(chunk, source);
    },
    () => {
      loop.goOn();
    },
  );
  const replies = new ChildReplies(connection);
  const loop = new ChildLoop(birth, replies, new Claims(claims));
  sayLastWord(birth, connection, replies, loop);
  replies.say({ kind: "started" });
  if (birth.initializer !== undefined) {
    try {
      const initialize = await loadTask(birth.initializer.source);
      // Node has made the bytes a Uint8Array on their way.
      const args = decodePayload(Buffer.from(birth.initializer.args)) as unknown[];
      await apply(initialize, undefined, args);
    } catch (error) {
      replies.say({ kind: "initializer failed", error: encodeThrown(error) });
      return;
    }
  }
  replies.say({ kind: "ready" });
  loop.start();
}

/** What was finished before the end still counts, and so does the knowledge of what was not begun. */
function sayLastWord(
  { address }: ChildBirth,
  connection: ParentConnection,
  replies: ChildReplies,
  loop: ChildLoop,
): void {
  let error: { thrown: unknown } | undefined;
  process.on("uncaughtExceptionMonitor", (thrown: unknown) => {
    error = { thrown };
  });
  const consoleCapture = new ConsoleCapture((stream, text) => {
    replies.say({ kind: "printed", stream, text, name: loop.printing });
  });
  process.once("exit", () => {
    // What exit listeners print after this goes its usual way.
    consoleCapture.release();
    replies.say(loop.lastWord(error));
    connection.flushNow();
    // The parent does it itself, unless it was killed.
    if (address !== undefined && !process.connected && process.platform !== "win32") {
      rmSync(dirname(address), { recursive: true, force: true });
    }
  });
}
