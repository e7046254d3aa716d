import { connect } from "node:net";
import { types } from "node:util";
import { errorCode, errorMessage } from "../shared/failure-reason.js";
import type { ServerLabel } from "../cli/servers.js";

/** The labels whose servers run on this machine. */
export type LocalServerLabel = Exclude<ServerLabel, "REMOTE">;

/** A server that was started for one run. */
export interface RunningServer {
  /** Stops it and resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the server behind a label, on its usual port.
 *
 * It rejects with an error that has the code EADDRINUSE, itself or as its cause, when the port is taken.
 */
export type StartServer = (
  label: LocalServerLabel,
  seed: number | undefined,
) => Promise<RunningServer>;

/** What a run has to say about its server. */
export interface ProvidedServer {
  readonly server: RunningServer | undefined;
  /** One line for the user, if there is anything to say. */
  readonly note: string | undefined;
}

/** A server that could not be started; the message is one line. */
export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
}

const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1"];
/** Loopback answers at once or never. */
const PROBE_TIMEOUT_MS = 1000;

/**
 * Makes sure that a local server answers: uses the one that runs, or else starts one.
 *
 * @throws {ServerStartError} (as a rejection) When none runs and none can be started.
 */
export async function provideServer(request: {
  readonly server: ServerLabel;
  readonly baseUrl: string;
  readonly ownBaseUrl: boolean;
  readonly seed: number | undefined;
  readonly startServer: StartServer | undefined;
}): Promise<ProvidedServer> {
  const { server: label, baseUrl, ownBaseUrl, seed, startServer } = request;
  if (label === "REMOTE" || ownBaseUrl || startServer === undefined) {
    return { server: undefined, note: seedNote(seed, "this program starts no server") };
  }
  const { host, port } = new URL(baseUrl);
  const inUse = {
    server: undefined,
    note: seedNote(seed, `a server is already running at ${host}`),
  };
  if (await isListening(Number(port))) return inUse;
  try {
    const server = await startServer(label, seed);
    return { server, note: `No server at ${host}: started one for this run.` };
  } catch (error) {
    // Somebody else was faster: two programs started together.
    if (isAddressInUse(error) && (await isListening(Number(port)))) return inUse;
    throw new ServerStartError(`cannot start the ${label} server: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

function seedNote(seed: number | undefined, reason: string): string | undefined {
  return seed === undefined ? undefined : `--seed ${seed} has no effect: ${reason}.`;
}

function isAddressInUse(error: unknown): boolean {
  return (
    errorCode(error) === "EADDRINUSE" || (types.isNativeError(error) && isAddressInUse(error.cause))
  );
}

async function isListening(port: number): Promise<boolean> {
  const answers = await Promise.all(LOOPBACK_ADDRESSES.map((host) => accepts(host, port)));
  return answers.includes(true);
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_TIMEOUT_MS });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => {
      settle(true);
    });
    socket.once("timeout", () => {
      settle(false);
    });
    socket.once("error", () => {
      settle(false);
    });
  });
}
