import { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { fileURLToPath } from "node:url";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect } from "@jest/globals";
import workerpool, { type WorkerPoolOptions } from "workerpool";

/** A call as workerpool hands it out: its own kind of promise. */
export interface Call {
  readonly pending: boolean;
  readonly resolved: boolean;
  readonly rejected: boolean;
  then(onSuccess: (value: unknown) => void, onFail?: (error: unknown) => void): unknown;
  cancel(): unknown;
  timeout(delayMs: number): unknown;
}

interface ExecOptions {
  transfer?: object[];
  on?: (payload: unknown) => void;
}

/** Matches an error of Node's by its name: under jest its class is another than that of the same name here. */
export function errorNamed(name: string): unknown {
  return expect.objectContaining({ name, stack: expect.any(String) });
}

/** Finds a worker program of these tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/characterisation/${name}`, import.meta.url));
}

/**
 * A pool of workerpool's that does not outlive its test: on leaving, it is terminated with force, and whatever thread
 * or process it made is ended by its handle as well, since terminating is one of the things that hang.
 */
export class TestPool implements AsyncDisposable {
  readonly workerpool: ReturnType<typeof workerpool.pool>;
  readonly threads: Worker[] = [];
  readonly processes: ChildProcess[] = [];

  constructor(options: WorkerPoolOptions = {}, script: string | undefined = fixture("tasks.cjs")) {
    subscribe("worker_threads", this.#threadMade);
    subscribe("child_process", this.#processMade);
    this.workerpool = workerpool.pool(script, {
      workerType: "thread",
      maxWorkers: 1,
      workerTerminateTimeout: 1,
      ...options,
    });
  }

  exec(method: string, params: unknown[] = [], options?: ExecOptions): Call {
    return this.workerpool.exec(method, params, options);
  }

  /** Calls, and hands back the thread that workerpool made for it. */
  spawnThread(method: string, params: unknown[] = []): { call: Call; thread: Worker } {
    const call = this.exec(method, params);
    return { call, thread: last(this.threads) };
  }

  /** Calls, and hands back the process that workerpool made for it. */
  spawnProcess(method: string, params: unknown[] = []): { call: Call; child: ChildProcess } {
    const call = this.exec(method, params);
    return { call, child: last(this.processes) };
  }

  terminate(force?: boolean): Call {
    return this.workerpool.terminate(force);
  }

  /** How many workers workerpool counts, how many of them as busy, and how many calls are in its queue. */
  get counts(): { workers: number; busy: number; queued: number } {
    const { totalWorkers, busyWorkers, pendingTasks } = this.workerpool.stats();
    return { workers: totalWorkers, busy: busyWorkers, queued: pendingTasks };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    unsubscribe("worker_threads", this.#threadMade);
    unsubscribe("child_process", this.#processMade);
    this.terminate(true);
    await Promise.all(this.threads.map((thread) => thread.terminate()));
    await Promise.all(this.processes.map(endProcess));
  }

  readonly #threadMade = (message: unknown): void => {
    const { worker } = message as { worker: unknown };
    if (worker instanceof Worker) this.threads.push(worker);
  };

  readonly #processMade = (message: unknown): void => {
    const { process } = message as { process: unknown };
    if (process instanceof ChildProcess) this.processes.push(process);
  };
}

/** Kills a process and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** What the thread's end says: its exit code, and its error if there was one. */
export async function endOf(thread: Worker): Promise<{ exitCode: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  thread.on("error", (error) => errors.push(error));
  const exitCode = await new Promise<number>((resolve) => thread.once("exit", resolve));
  return { exitCode, errors };
}

/** Waits for the error of a call that must fail; a value is a failure of the test. */
export function errorOf(call: Call): Promise<Error & Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    call.then(
      (value) => reject(new Error(`the call resolved, to ${String(value)}`)),
      (error) => resolve(error as Error & Record<string, unknown>),
    );
  });
}

/** Waits for the value of a call that must succeed, through a promise of the language's. */
export function valueOf(call: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call.then(resolve, reject);
  });
}

/** Waits until what only a hang can explain: many times as long as the answer of a worker takes. */
export async function expectHanging(...calls: Call[]): Promise<void> {
  await sleep(150);
  for (let turns = 0; turns < 10; turns += 1) await turn();
  expect(calls.map((call) => call.pending)).toEqual(calls.map(() => true));
}

/** A flag in shared memory that a thread raises. */
export class Flag {
  readonly buffer = new SharedArrayBuffer(4);

  async raised(): Promise<void> {
    while (Atomics.load(new Int32Array(this.buffer), 0) === 0) await sleep(2);
  }
}

function last<T>(all: readonly T[]): T {
  const found = all.at(-1);
  if (found === undefined) throw new Error("workerpool made no worker");
  return found;
}
