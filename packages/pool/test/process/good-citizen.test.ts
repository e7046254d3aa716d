import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { children, isAlive, whenGone } from "../support/processes.js";
import { testThat } from "../support/needs.js";
import { printed, runProgram } from "../support/run-program.js";
import { until } from "../support/until.js";

const folder = new URL("../fixtures/programs/process/", import.meta.url);

/** A program in a group of its own, as a terminal makes one; it is gone after the test, and all of its group. */
class Group implements Disposable {
  readonly program: ChildProcess;
  /** What was written to stderr. */
  errors = "";
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, ...args: string[]) {
    const path = fileURLToPath(new URL(name, folder));
    this.program = spawn(process.execPath, [path, ...args], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.program;
    if (stdout === null || stderr === null) throw new Error("there is no pipe");
    stderr.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const next = await this.#lines.next();
    return next.done === true ? "" : next.value;
  }

  /** Sends a signal to all processes of the group, as Ctrl-C does. */
  signal(name: NodeJS.Signals): void {
    if (this.program.pid !== undefined) process.kill(-this.program.pid, name);
  }

  [Symbol.dispose](): void {
    try {
      this.signal("SIGKILL");
    } catch {
      // All of them are gone.
    }
  }
}

describe("a program with processes", () => {
  test("[I15] ends by itself when they are idle, and shows what they print", async () => {
    expect(await runProgram("process/idle-ends.mjs")).toEqual(
      printed("1 4 9", "printed there", "undefined"),
    );
  });

  test("[N14] [M11] learns that none can be started, and why", async () => {
    const line = "CONCUR_BROKEN ENOENT";
    expect(await runProgram("process/cannot-start.mjs")).toEqual(printed(line, line, line, "0"));
  });

  test.each(["exit", "throw", "SIGKILL", "SIGTERM", "SIGINT"])(
    "[I26] leaves none behind when it ends by %s, whatever they do",
    async (how) => {
      using group = new Group("leaves-busy.mjs", how);
      const pids = (await group.line()).split(" ").map(Number);
      expect(pids).toHaveLength(2);
      const ended = once(group.program, "exit");
      if (how.startsWith("SIG")) group.program.kill(how as NodeJS.Signals);
      await ended;
      await whenGone(pids);
      expect(pids.map(isAlive)).toEqual([false, false]);
    },
  );

  test("[I26] leaves none behind when it is killed as soon as they are at work", async () => {
    // Several at once, so that the children start slowly.
    const groups = Array.from({ length: 4 }, () => new Group("leaves-starting.mjs"));
    try {
      const pids = await Promise.all(
        groups.map(async (group) => {
          const pid = Number(await group.line());
          const ended = once(group.program, "exit");
          group.program.kill("SIGKILL");
          await ended;
          return pid;
        }),
      );
      await whenGone(pids);
      expect(pids.filter(isAlive)).toEqual([]);
    } finally {
      for (const group of groups) group[Symbol.dispose]();
    }
  });

  test("[I26] leaves none behind that prints a stack when it is killed before they are up", async () => {
    using group = new Group("killed-at-start.mjs");
    const pid = Number(await group.line());
    // The pipes are closed when the child is gone, too.
    const closed = once(group.program, "close");
    group.program.kill("SIGKILL");
    await closed;
    await whenGone([pid]);
    expect(group.errors).toBe("");
  });

  test("[I27] decides itself what Ctrl-C means", async () => {
    using group = new Group("interrupted.mjs");
    expect(await group.line()).toBe("ready");
    const ended = once(group.program, "exit");
    group.signal("SIGINT");
    expect(await group.line()).toBe("the same process answers");
    expect(await ended).toEqual([0, null]);
  });

  testThat(
    "needs /proc",
    "[I22] [T10] [T12] has no more descriptors, listeners and memory after ten thousand calls and many deaths",
    async () => {
      expect(await runProgram("process/growth.mjs", ["--expose-gc"])).toEqual(
        printed("descriptors: no more", "listeners: no more", "heap: no more"),
      );
    },
  );

  testThat("needs /proc", "[T6] leaves no zombie", async () => {
    // One that has just ended is a zombie until this process has heard of it.
    await until(() => children().every(isAlive));
  });

  test("[T6] has a socket that nobody else can reach, and only while a process starts", async () => {
    expect(await runProgram("process/sockets.mjs")).toEqual(
      printed("starting: 1 700", "up: 0", "after deaths: 0", "killed at the start: 0"),
    );
  });

  test.each(["missing", "long"])(
    "does its calls where no socket can be had (%s folder)",
    async (why) => {
      expect(await runProgram("process/no-socket.mjs", [], [why])).toEqual(
        printed('[1,{"two":2},"three"]', "1048576", "SIGKILL", "next"),
      );
    },
  );

  test("[M12] [N22] loses no value there of a process that ends right after it, however large", async () => {
    expect(await runProgram("process/no-socket-exits.mjs")).toEqual(
      printed(
        "10 7 7",
        "1048576 7 7",
        "33554432 7 7",
        "3000000 48 48",
        "5000000 80 80",
        "done",
        "true",
        "1048576 7 7",
      ),
    );
  });
});
