#!/usr/bin/env node
import { constants } from "node:os";

import { readCommandLine } from "./cli-arguments.js";
import { errorCode, messageOf } from "./failures.js";
import { isLaunchOrder, LAUNCHED, type LaunchMessage } from "./launch-messages.js";
import type { FlagServerOptions } from "./options.js";
import { startFlagServer, type FlagServer } from "./start.js";

/** Tells the launching process, if there still is one, and calls `then` when the message is on its way. */
function report(message: LaunchMessage, then: () => void = () => undefined): void {
  // With a callback, a parent that died meanwhile is no error here: its end stops the server anyhow.
  if (process.connected) process.send?.(message, then);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Waits for what the launching process wants; should it die before, so does this one. */
function order(): Promise<FlagServerOptions> {
  return new Promise((resolve) => {
    process.once("message", (message) => {
      if (isLaunchOrder(message)) resolve(message.options);
    });
  });
}

/** Leaves without process.exit(): if a socket or timer were left over, the process would stay and show it. */
async function leave(server: FlagServer): Promise<void> {
  await server.stop();
  if (process.connected) process.disconnect();
  process.exitCode = 0;
}

/** Begins before the server listens: whoever can connect to it may also want to stop it. */
function stopOnSignals(starting: Promise<FlagServer>): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      // The second one does not wait for the replies in flight.
      if (asked) process.exit(128 + constants.signals[signal]);
      asked = true;
      // A server that cannot start is told of elsewhere.
      starting.then(leave, () => undefined);
    });
  }
}

async function main(): Promise<void> {
  // The reader of our lines may go away (`flag-server | head -1`); the server stays.
  process.stdout.on("error", () => undefined);
  const launched = process.send !== undefined && process.argv[2] === LAUNCHED;
  // Until there is a server to stop, an orphan just ends.
  const orphaned = (): void => process.exit(1);
  if (launched) process.once("disconnect", orphaned);

  const { options, quiet } = launched
    ? { options: await order(), quiet: true }
    : readCommandLine(process.argv.slice(2));
  let server: FlagServer;
  try {
    const starting = startFlagServer(options);
    stopOnSignals(starting);
    server = await starting;
  } catch (error) {
    const message = messageOf(error);
    if (!launched) process.stderr.write(`flag-server: ${message}\n`);
    process.exitCode = 1;
    process.off("disconnect", orphaned);
    report({ type: "failed", message, code: errorCode(error) }, () => {
      if (process.connected) process.disconnect();
    });
    return;
  }

  if (launched) {
    process.off("disconnect", orphaned);
    process.once("disconnect", () => void leave(server));
    // The parent may have died before anything here could hear of it.
    if (process.connected) {
      const { urls, controlUrl, certificate } = server;
      report({
        type: "listening",
        urls,
        ...(controlUrl === undefined ? {} : { controlUrl }),
        ...(certificate === undefined ? {} : { certificate }),
      });
    } else await leave(server);
  } else if (!quiet) {
    for (const [label, url] of Object.entries(server.urls)) print(`${label} ${url}`);
    if (server.controlUrl !== undefined) print(`CONTROL ${server.controlUrl}`);
    print("Press Ctrl-C to stop.");
  }
}

void main();
