import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import {
  isLaunchMessage,
  LAUNCHED,
  type LaunchMessage,
  type LaunchOrder,
} from "./launch-messages.js";
import type { FlagListenerLabel } from "./listener-label.js";
import { resolveOptions, type FlagServerOptions } from "./options.js";

/** How a launched server's process ended: with an exit code, or by a signal. */
export interface FlagServerExit {
  readonly code: number | null;
  /** Name of the signal, such as `SIGKILL`. */
  readonly signal: string | null;
}

/** A flag server in a process of its own. */
export interface LaunchedFlagServer<
  Label extends FlagListenerLabel = FlagListenerLabel,
> extends AsyncDisposable {
  /** Base URL of each listener, such as `http://localhost:8001/flags`: append `/us/us.gif`. */
  readonly urls: Readonly<Record<Label, string>>;
  /** Where the page and the control API are. Absent without `control`. */
  readonly controlUrl?: string;
  /** With `tls`: the certificate as PEM, for clients to trust as their `ca`. */
  readonly certificate?: string;
  /** The server's process. */
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. It does not keep this process alive. */
  readonly exited: Promise<FlagServerExit>;
  /** Stops the server as `FlagServer.stop()` does and waits until its process is gone. */
  stop(): Promise<void>;
}

/** From the sources as from the bundle, this is the program next to the bundle. */
const CLI_PATH = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
/** What the process may need beyond its grace time before it is killed. */
const EXTRA_STOP_MS = 3000;
/** The longest time that Node's timers take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Starts a flag server in a process of its own, so that a program under measurement shares no event loop
 * with it.
 *
 * The process ends with `stop()`, and by itself when this process ends in any way, SIGKILL included: it
 * watches the channel between the two. It is in another session, so Ctrl-C in the terminal does not reach
 * it. A server that runs does not keep this process alive.
 *
 * @throws {TypeError} At the call, when an option is of the wrong kind.
 * @throws {RangeError} At the call, when an option is out of range.
 * @returns Rejects when a listener cannot listen; `code` is the system's, such as `EADDRINUSE`.
 * @example
 * await using server = await launchFlagServer({ port: 0 });
 * const response = await fetch(`${server.urls.LOCAL}/us/us.gif`);
 * response.status; // => 200
 */
export function launchFlagServer<const Label extends FlagListenerLabel = FlagListenerLabel>(
  options: FlagServerOptions<Label> = {},
): Promise<LaunchedFlagServer<Label>> {
  const { graceMs, files } = resolveOptions(options);
  if (typeof files === "object") {
    throw new TypeError("files must be a folder: the server's process does not share objects");
  }
  return launch(options, graceMs);
}

async function launch(options: FlagServerOptions, graceMs: number): Promise<LaunchedFlagServer> {
  const child = spawn(process.execPath, [CLI_PATH, LAUNCHED], {
    detached: true,
    // stderr is ours: should the process crash, its last words are seen.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    windowsHide: true,
  });
  const exited = new Promise<FlagServerExit>((resolve) => {
    child.once("exit", (code, signal) => {
      resolve({ code, signal });
    });
  });
  const message = await firstMessage(child, exited, { type: "start", options });
  if (message.type === "failed") {
    await exited;
    throw Object.assign(new Error(message.message), { code: message.code });
  }

  // From here on a program that forgets stop() still ends, and the server with it.
  child.unref();
  child.channel?.unref();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopChild(child, exited, graceMs));
  return {
    urls: message.urls,
    ...(message.controlUrl === undefined ? {} : { controlUrl: message.controlUrl }),
    ...(message.certificate === undefined ? {} : { certificate: message.certificate }),
    pid: child.pid ?? 0,
    exited,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function firstMessage(
  child: ChildProcess,
  exited: Promise<FlagServerExit>,
  order: LaunchOrder,
): Promise<LaunchMessage> {
  return new Promise((resolve, reject) => {
    // Stays for good: a channel that breaks later is no news, since `exited` tells of the end.
    child.on("error", reject);
    child.on("message", (message) => {
      if (isLaunchMessage(message)) resolve(message);
    });
    // A child that is gone before it has read this tells so by its end.
    if (child.connected) child.send(order, () => undefined);
    void exited.then(({ code, signal }) => {
      const how = signal ?? `exit code ${code}`;
      reject(new Error(`the flag server's process ended before it listened (${how})`));
    });
  });
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<FlagServerExit>,
  graceMs: number,
): Promise<void> {
  child.ref();
  // The end of the channel is the order to stop.
  if (child.connected) child.disconnect();
  const kill = setTimeout(
    () => child.kill("SIGKILL"),
    Math.min(graceMs + EXTRA_STOP_MS, MAX_TIMER_MS),
  );
  await exited;
  clearTimeout(kill);
}
