import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, jest, test } from "@jest/globals";

import { readCommandLine } from "../../src/cli-arguments.js";
import { startFlagServer, type FaultRule } from "../../src/index.js";
import { ask, openSocket } from "../support/http.js";
import { freePorts } from "../support/ports.js";
import { temporaryFolder } from "../support/folders.js";
import { CLI, runNode, until, type Run } from "../support/processes.js";

async function urlsOf(run: Run): Promise<Record<string, string>> {
  await until(() => run.output.stdout.includes("Press Ctrl-C to stop.\n"));
  const lines = run.output.stdout.trim().split("\n").slice(0, -1);
  return Object.fromEntries(lines.map((line) => line.split(" ", 2) as [string, string]));
}

/** Arguments that are wrong, and the line that says so. */
const WRONG: [args: string[], message: unknown][] = [
  [["--port", "x"], 'argument --port: not an integer: "x"'],
  [["--port", "1e3"], 'argument --port: not an integer: "1e3"'],
  [["--port", "-5"], "--port must be an integer from 0 to 65533, not -5"],
  [["--only", "LOCAL,NOPE"], 'argument --only: "NOPE" is none of LOCAL, DELAY, ERROR'],
  [["--only", "LOCAL,local"], '--only must name each listener once, not "LOCAL" twice'],
  [["--error-rate", "2"], "--error-rate must be from 0 to 1, not 2"],
  [["--delay-rate", "half"], 'argument --delay-rate: not a decimal number: "half"'],
  [["--delay-ms", "0x10"], 'argument --delay-ms: not an integer: "0x10"'],
  [["--grace-ms"], "argument --grace-ms: expected one argument"],
  [["--profile", "{}"], "--profile.rules is missing"],
  [["--profile", "{"], expect.stringMatching(/^argument --profile: not JSON: /)],
  [["--rules", "[\n1,\nx]"], expect.stringMatching(/^argument --rules: not JSON: .* JSON$/)],
  [["--profile", "/"], 'argument --profile: "/": no file (EISDIR)'],
  [["--rules", "nope"], 'argument --rules: "nope": no file has this name'],
  [["--rules", "/"], 'argument --rules: "/": no file (EISDIR)'],
  [["--rules", "{}"], "--rules must be an array, not a value of type object"],
  [["--control-host", "0.0.0.0"], "--control-host needs --control-token: others can reach 0.0.0.0"],
  [["--control-token", "short"], "--control-token must be 16 to 200 letters, digits and -._~+/"],
  [["--files", "/nowhere"], 'argument --files: "/nowhere" is no folder'],
  [["--profile", "nope"], 'argument --profile: "nope": no profile and no file has this name'],
  [["--rules", '[{"fault":{"kind":"drip"}}]'], "--rules[0].fault.bytes is missing"],
  [["--control-port", "70000"], "--control-port must be an integer from 0 to 65535, not 70000"],
  [["--host", ""], "--host must not be empty"],
  [["--bogus"], "unrecognized arguments: --bogus"],
  [["stray"], "unrecognized arguments: stray"],
];

/** What the command line that refuses these arguments writes, and what its process would end with. */
function refusalOf(args: readonly string[]): { stdout: string; stderr: string; code: unknown } {
  const refusal = { stdout: "", stderr: "", code: undefined as unknown };
  const ended = new Error("the process has ended");
  const spies = [
    jest.spyOn(process, "exit").mockImplementation((code) => {
      refusal.code = code;
      throw ended;
    }),
    ...(["stdout", "stderr"] as const).map((name) =>
      jest.spyOn(process[name], "write").mockImplementation((text) => {
        refusal[name] += String(text);
        return true;
      }),
    ),
  ];
  try {
    expect(() => readCommandLine(args)).toThrow(ended);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return refusal;
}

function expectRefusal(stderr: string, message: unknown): void {
  expect(stderr).toMatch(/^usage: flag-server \[-h\] /);
  const [, said] = /\nflag-server: error: (.*)\n$/.exec(stderr) ?? [];
  expect(said).toEqual(message);
}

describe("flag-server", () => {
  test("prints a line for each listener and how to stop, and serves", async () => {
    await using run = runNode(CLI, ["--port", "0"]);
    const urls = await urlsOf(run);
    expect(run.output.stdout).toMatch(
      /^LOCAL http:\/\/localhost:\d+\/flags\nDELAY http:\/\/localhost:\d+\/flags\nERROR http:\/\/localhost:\d+\/flags\nCONTROL http:\/\/localhost:\d+\/\nPress Ctrl-C to stop\.\n$/,
    );
    expect((await ask(`${urls["LOCAL"]}/us/us.gif`)).status).toBe(200);
    expect(run.output.stderr).toBe("");
  });

  test("hands its options to the server", async () => {
    await using run = runNode(CLI, [
      ...["--port=0", "--host", "127.0.0.1", "--only", "error,Local", "--seed", "x"],
      ...[
        "--delay-ms",
        "0",
        "--error-rate",
        "1",
        "--delay-rate",
        ".5",
        "--grace-ms",
        "0",
        "--no-control",
      ],
    ]);
    const urls = await urlsOf(run);
    expect(Object.keys(urls)).toEqual(["LOCAL", "ERROR"]);
    expect(urls["LOCAL"]).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await ask(`${urls["ERROR"]}/us/us.gif`)).status).toBeGreaterThanOrEqual(500);
  });

  test("--profile takes a file, --rules come first, --files and --fault-headers are served", async () => {
    await using folder = await temporaryFolder();
    const profile = path.join(folder.path, "profile.json");
    const file = path.join(folder.path, "files", "data", "list.json");
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "[1, 2]");
    await writeFile(
      profile,
      JSON.stringify({ rules: [{ fault: { kind: "status", status: 404 } }] }),
    );
    const rules: FaultRule[] = [
      { name: "mine", match: { codes: ["US"] }, fault: { kind: "pass" } },
    ];
    await using run = runNode(CLI, [
      ...["--port=0", "--only", "LOCAL", "--profile", profile, "--rules", JSON.stringify(rules)],
      ...["--files", path.join(folder.path, "files"), "--fault-headers"],
    ]);
    const { LOCAL = "", CONTROL = "" } = await urlsOf(run);
    expect((await ask(`${LOCAL}/us/us.gif`)).status).toBe(200);
    expect((await ask(`${LOCAL}/br/br.gif`)).status).toBe(404);
    const headers = { "X-Fault": JSON.stringify({ kind: "pass" }) };
    const own = await ask(new URL("/data/list.json", LOCAL).href, { headers });
    expect([own.headers["content-type"], own.body.toString()]).toEqual([
      "application/json",
      "[1, 2]",
    ]);
    const { body } = await ask(`${CONTROL}api/rules`);
    expect(JSON.parse(body.toString())).toMatchObject({
      rules: [{ name: "mine" }, { name: "rule-2" }],
    });
  });

  test("--rules takes a file", async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, "rules.json");
    await writeFile(file, '[{ "fault": { "kind": "status", "status": 410 } }]');
    await using run = runNode(CLI, ["--port=0", "--only=LOCAL", "--no-control", "--rules", file]);
    const { LOCAL = "" } = await urlsOf(run);
    expect((await ask(`${LOCAL}/us/us.gif`)).status).toBe(410);
  });

  test("opens the control listener when it is told where, with a token for other machines", async () => {
    const token = "0123456789abcdef";
    await using run = runNode(CLI, [
      ...["--port=0", "--only=LOCAL", "--host=0.0.0.0"],
      ...["--control-host=0.0.0.0", "--control-token", token],
    ]);
    const { CONTROL = "" } = await urlsOf(run);
    expect((await ask(`${CONTROL}metrics`)).status).toBe(401);
    const headers = { Authorization: `Bearer ${token}` };
    expect((await ask(`${CONTROL}metrics`, { headers })).status).toBe(200);
  });

  test("opens no control listener where others can reach the server, unless asked to", async () => {
    await using shut = runNode(CLI, ["--port=0", "--host", "0.0.0.0", "--only", "LOCAL"]);
    expect(Object.keys(await urlsOf(shut))).toEqual(["LOCAL"]);
    await using open = runNode(CLI, ["--port=0", "--host", "0.0.0.0", "--only=LOCAL", "--control"]);
    const { CONTROL = "" } = await urlsOf(open);
    expect((await ask(`${CONTROL}metrics`)).status).toBe(200);
  });

  test("takes the port after the listeners' for control, or any if it is busy", async () => {
    const port = await freePorts();
    await using first = runNode(CLI, ["--port", String(port), "--only", "LOCAL"]);
    const wanted = (await urlsOf(first))["CONTROL"];
    await using second = runNode(CLI, ["--port", String(port), "--only", "DELAY"]);
    const other = (await urlsOf(second))["CONTROL"];
    expect(other).not.toBe(wanted);
    expect((await ask(`${other}metrics`)).status).toBe(200);
  });

  test("--quiet prints nothing", async () => {
    const port = await freePorts();
    await using run = runNode(CLI, ["--quiet", "--only", "LOCAL", "--port", String(port)]);
    await untilAccepts(port, true);
    run.child.kill("SIGTERM");
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.output).toEqual({ stdout: "", stderr: "" });
  });

  test.each([["SIGINT"], ["SIGTERM"]] as const)(
    "%s lets a delayed reply go out and ends with 0",
    async (signal) => {
      await using run = runNode(CLI, ["--port", "0", "--delay-ms", "600000"]);
      const { DELAY = "" } = await urlsOf(run);
      const socket = await openSocket(
        Number(new URL(DELAY).port),
        "GET /flags/us/us.gif HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
      );
      // The interim answer shows that the request has arrived.
      const [first] = (await once(socket, "data")) as [Buffer];
      expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /);
      run.child.kill(signal);
      const [second] = (await once(socket, "data")) as [Buffer];
      expect(second.toString()).toMatch(/^HTTP\/1\.1 200 /);
      expect(await run.ended).toEqual({ code: 0, signal: null });
    },
  );

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("a second %s ends it at once with %d", async (signal, code) => {
    await using run = runNode(CLI, ["--port", "0", "--grace-ms", "600000"]);
    const { LOCAL = "" } = await urlsOf(run);
    const port = Number(new URL(LOCAL).port);
    const socket = await openSocket(port, "GET /");
    await ask(`${LOCAL}/us/us.gif`);
    run.child.kill(signal);
    // Once the port is closed the first signal was heard.
    await untilAccepts(port, false);
    run.child.kill(signal);
    expect(await run.ended).toEqual({ code, signal: null });
    socket.destroy();
  });

  test("says in one line that a port is busy, and ends with 1", async () => {
    await using busy = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    const port = busy.ports.LOCAL;
    await using run = runNode(CLI, ["--only", "LOCAL", "--port", String(port)]);
    expect(await run.ended).toEqual({ code: 1, signal: null });
    expect(run.output).toEqual({
      stdout: "",
      stderr: `flag-server: LOCAL cannot listen: port ${port} is in use; stop the program that has it or choose another port\n`,
    });
  });

  // What reads the command line is called here: a process for each would take most of the time of this file.
  test.each(WRONG)("refuses %j with the usage and one line, and ends with 2", (args, message) => {
    const { stdout, stderr, code } = refusalOf(args);
    expect([stdout, code]).toEqual(["", 2]);
    expectRefusal(stderr, message);
  });

  test.each([
    [["--port", "x"], 'argument --port: not an integer: "x"'],
    [["--profile", "{}"], "--profile.rules is missing"],
  ])("as a program refuses %j just so", async (args, message) => {
    await using run = runNode(CLI, args);
    expect(await run.ended).toEqual({ code: 2, signal: null });
    expect(run.output.stdout).toBe("");
    expectRefusal(run.output.stderr, message);
  });

  test("-h lists every option and --version prints the version", async () => {
    await using help = runNode(CLI, ["-h"]);
    await using version = runNode(CLI, ["--version"]);
    expect(await help.ended).toEqual({ code: 0, signal: null });
    for (const option of [
      ...["--port", "--host", "--only", "--seed", "--delay-ms", "--error-rate", "--delay-rate"],
      ...["--profile", "--rules", "--files", "--fault-headers", "--control", "--control-port"],
      ...["--control-host", "--control-token"],
      ...["--no-control", "--grace-ms", "--quiet", "--version", "-h"],
    ]) {
      expect(help.output.stdout).toContain(option);
    }
    expect(await version.ended).toEqual({ code: 0, signal: null });
    expect(version.output).toEqual({ stdout: "0.1.0\n", stderr: "" });
  });

  test("goes on when the reader of its lines has gone", async () => {
    const port = await freePorts();
    await using run = runNode(CLI, ["--only", "LOCAL", "--port", String(port)]);
    // Closed before the program is up, so that its first line meets a broken pipe.
    run.child.stdout?.destroy();
    await untilAccepts(port, true);
    run.child.kill("SIGTERM");
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.output.stderr).toBe("");
  });
});

async function untilAccepts(port: number, wanted: boolean): Promise<void> {
  for (let accepts = !wanted; accepts !== wanted;) {
    accepts = await openSocket(port).then(
      (socket) => socket.destroy().destroyed,
      () => false,
    );
    await sleep(5);
  }
}
