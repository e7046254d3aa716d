import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/** Ends by itself, should nobody be left to end it. */
const PROGRAM = "const until = Date.now() + 120_000; while (Date.now() < until);";

/** Takes the processor from everybody else: twice as many endless loops as there are cores, each a process. */
export class BusyCores implements AsyncDisposable {
  readonly #children: ChildProcess[] = Array.from({ length: availableParallelism() * 2 }, () =>
    spawn(process.execPath, ["-e", PROGRAM], { stdio: "ignore" }),
  );

  get programs(): number {
    return this.#children.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        const gone = new Promise((resolve) => child.once("close", resolve));
        child.kill("SIGKILL");
        await gone;
      }),
    );
  }
}
