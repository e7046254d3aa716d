import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  CancelledError,
  ConcurError,
  DeadlockError,
  ExecutorShutdownError,
  InvalidStateError,
  isConcurError,
  QueueFullError,
  RemoteError,
  SerializationError,
  TimeoutError,
  WorkerCrashedError,
  type ConcurErrorCode,
} from "../../src/index.js";

/** Each code with its class, the class it stands below, and one error of it; the compiler knows when one is missing. */
const ERRORS: Record<ConcurErrorCode, { kind: unknown; below: unknown; error: ConcurError }> = {
  CONCUR_CANCELLED: { kind: CancelledError, below: ConcurError, error: new CancelledError() },
  CONCUR_TIMEOUT: { kind: TimeoutError, below: ConcurError, error: new TimeoutError("too late") },
  CONCUR_INVALID_STATE: {
    kind: InvalidStateError,
    below: ConcurError,
    error: new InvalidStateError("done already"),
  },
  CONCUR_DEADLOCK: {
    kind: DeadlockError,
    below: ConcurError,
    error: new DeadlockError("nobody else can end it"),
  },
  CONCUR_QUEUE_FULL: {
    kind: QueueFullError,
    below: ConcurError,
    error: new QueueFullError("full"),
  },
  CONCUR_SHUTDOWN: {
    kind: ExecutorShutdownError,
    below: ConcurError,
    error: new ExecutorShutdownError(),
  },
  CONCUR_BROKEN: {
    kind: BrokenExecutorError,
    below: ConcurError,
    error: new BrokenExecutorError("no workers"),
  },
  CONCUR_WORKER_CRASHED: {
    kind: WorkerCrashedError,
    below: BrokenExecutorError,
    error: new WorkerCrashedError("gone", { workerId: 1, started: true }),
  },
  CONCUR_NOT_SERIALIZABLE: {
    kind: SerializationError,
    below: ConcurError,
    error: new SerializationError("args[0] is a function"),
  },
  CONCUR_REMOTE: {
    kind: RemoteError,
    below: ConcurError,
    error: new RemoteError("boom", "CustomError"),
  },
};

const NAMES: Record<ConcurErrorCode, string> = {
  CONCUR_CANCELLED: "CancelledError",
  CONCUR_TIMEOUT: "TimeoutError",
  CONCUR_INVALID_STATE: "InvalidStateError",
  CONCUR_DEADLOCK: "DeadlockError",
  CONCUR_QUEUE_FULL: "QueueFullError",
  CONCUR_SHUTDOWN: "ExecutorShutdownError",
  CONCUR_BROKEN: "BrokenExecutorError",
  CONCUR_WORKER_CRASHED: "WorkerCrashedError",
  CONCUR_NOT_SERIALIZABLE: "SerializationError",
  CONCUR_REMOTE: "RemoteError",
};

describe.each(Object.keys(ERRORS) as ConcurErrorCode[])("%s", (code) => {
  const { kind, below, error } = ERRORS[code];

  test("[A14] is the code of one class, and the name is written out where minifiers cannot reach", () => {
    expect(error.code).toBe(code);
    expect(error.name).toBe(NAMES[code]);
    expect(error.constructor).toBe(kind);
    expect(error.constructor.name).toBe(NAMES[code]);
    expect(Object.keys(error)).not.toContain("name");
    expect(error.stack).toMatch(new RegExp(`^${NAMES[code]}: ${error.message.slice(0, 3)}`));
  });

  test("[U4] stands below ConcurError and Error, and is known as ours", () => {
    expect(Object.getPrototypeOf(kind)).toBe(below);
    expect(error).toBeInstanceOf(ConcurError);
    expect(error).toBeInstanceOf(Error);
    expect(isConcurError(error)).toBe(true);
  });
});

test("[U4] BrokenExecutorError has WorkerCrashedError below it, and nothing else", () => {
  const broken = Object.values(ERRORS).filter(({ error }) => error instanceof BrokenExecutorError);
  expect(broken.map(({ error }) => error.name)).toEqual([
    "BrokenExecutorError",
    "WorkerCrashedError",
  ]);
});

test("[D10] [U3] TimeoutError bears the name of the built-in one", async () => {
  const signal = AbortSignal.timeout(1);
  const builtIn = await new Promise<unknown>((resolve) => {
    signal.addEventListener("abort", () => resolve(signal.reason));
  });
  expect(new TimeoutError("ours").name).toBe((builtIn as Error).name);
});

test("isConcurError() knows our errors from others, and from things that look like them", () => {
  const others = [
    null,
    undefined,
    0,
    "CONCUR_TIMEOUT",
    new Error("no"),
    { code: "CONCUR_TIMEOUT" },
  ];
  expect(others.map(isConcurError)).toEqual(others.map(() => false));
});

test("errors below ours, made by users, are ours too and may have a name of their own", () => {
  class DownloadCancelledError extends CancelledError {
    override name = "DownloadCancelledError";
  }
  const error = new DownloadCancelledError("no network");
  expect(isConcurError(error)).toBe(true);
  expect(error).toMatchObject({ name: "DownloadCancelledError", code: "CONCUR_CANCELLED" });
});

test("CancelledError and ExecutorShutdownError say by themselves what happened, and take a cause", () => {
  const cause = new Error("why");
  expect(new CancelledError().message).toBe("the call was cancelled");
  expect(new CancelledError("stop", { cause })).toMatchObject({ message: "stop", cause });
  expect(new ExecutorShutdownError().message).toBe("cannot schedule new futures after shutdown");
  expect(new ExecutorShutdownError(undefined, { cause })).toMatchObject({ cause });
});

test("TimeoutError counts where several futures were waited for", () => {
  expect(new TimeoutError("late", { unfinished: 2, total: 4 })).toMatchObject({
    unfinished: 2,
    total: 4,
  });
  expect(new TimeoutError("late")).toMatchObject({ unfinished: undefined, total: undefined });
});

test("WorkerCrashedError tells what is known of the death", () => {
  const cause = new Error("out of memory");
  const details = { exitCode: 134, signal: "SIGABRT", workerId: 3, started: "unknown" } as const;
  expect(new WorkerCrashedError("gone", { ...details, cause })).toMatchObject({
    ...details,
    cause,
  });
  const bare = new WorkerCrashedError("gone", { workerId: 3, started: true });
  expect(bare).toMatchObject({ exitCode: undefined, signal: undefined, started: true });
  expect(Object.hasOwn(bare, "cause")).toBe(false);
});

test("RemoteError keeps the name that the thrown thing had in the worker", () => {
  expect(new RemoteError("boom", "CustomError").remoteName).toBe("CustomError");
});
