import { describe, expect, test } from "@jest/globals";
import { parseCommandLine, type CommandLine } from "../../../src/cli/command-line.js";
import { SERVERS } from "../../../src/cli/servers.js";

const definition = { programName: "prog", defaultConcurReq: 7 };

function accept(...args: string[]): CommandLine {
  const parsed = parseCommandLine(args, definition);
  if (parsed.outcome !== "run") throw new Error(parsed.text);
  return parsed.commandLine;
}

function refuse(...args: string[]): string {
  const parsed = parseCommandLine(args, definition);
  if (parsed.outcome !== "usage") throw new Error(`not refused: ${parsed.outcome}`);
  return parsed.text;
}

describe("parseCommandLine", () => {
  test("the defaults", () => {
    expect(accept()).toMatchObject({
      maxReq: 7,
      server: "LOCAL",
      baseUrl: "http://localhost:8001/flags",
      ownBaseUrl: false,
      seed: undefined,
      failOn: "error",
      timeoutMs: 10_000,
      maxTimeMs: 30_000,
      verbose: false,
      ignoredBecauseOf: undefined,
    });
  });

  test("FL1-FL4, KB18: the labels and ports of the first edition", () => {
    expect(SERVERS).toEqual({
      REMOTE: "http://flupy.org/data/flags",
      LOCAL: "http://localhost:8001/flags",
      DELAY: "http://localhost:8002/flags",
      ERROR: "http://localhost:8003/flags",
    });
    expect(accept("-s", "eRRor").baseUrl).toBe(SERVERS.ERROR);
  });

  test("--base-url replaces the address and keeps the label", () => {
    expect(accept("-s", "DELAY", "--base-url", "http://127.0.0.1:9/x//")).toMatchObject({
      server: "DELAY",
      baseUrl: "http://127.0.0.1:9/x",
      ownBaseUrl: true,
    });
  });

  test.each(["ftp://x/flags", "flags", "", "http://", "http://x/?a=b", "http://x/#a", "file:///x"])(
    "--base-url %j is refused",
    (url) => {
      expect(refuse(`--base-url=${url}`)).toMatch(
        /^\*\*\* Usage error: --base-url URL must be an http or https address without \? and #\n/,
      );
    },
  );

  test.each(["--from", "--urls", "--out", "--cacert", "--manifest", "--report", "--gallery"])(
    "%s with nothing is refused",
    (option) => {
      expect(refuse(option, "")).toMatch(
        new RegExp(`^\\*\\*\\* Usage error: ${option} (FILE|DIR) must not be empty\\n`),
      );
    },
  );

  test.each(["--server", "--base-url", "--header"])("%s with nothing is refused, too", (option) => {
    expect(refuse(option, "")).toContain(`*** Usage error: ${option} `);
  });

  test("stdin is read once, and known by its names", () => {
    expect(accept("--urls", "/dev/stdin").urls).toBe("-");
    expect(accept("--report", "/dev/stdout").report).toBe("-");
    expect(accept("--report", "/dev/stdin", "--urls", "/dev/fd/3")).toMatchObject({
      report: "/dev/stdin",
      urls: "/dev/fd/3",
    });
    expect(refuse("--urls", "-", "--manifest", "/dev/fd/0")).toContain(
      "--urls - does not go with --manifest -",
    );
  });

  test("a password in what is not understood is not repeated", () => {
    expect(refuse("--no-such=http://me:s3cr3t@x/")).not.toContain("s3cr3t");
    expect(refuse("-m", "http://me:s3cr3t@x/")).toContain("http://***@x/");
  });

  test("the options beyond the book's", () => {
    expect(
      accept("--seed", "-3", "--fail-on", "missing", "--timeout", "0.25", "--max-time", "2"),
    ).toMatchObject({ seed: -3, failOn: "missing", timeoutMs: 250, maxTimeMs: 2000 });
  });

  test("do not make the beginnings of the book's options ambiguous", () => {
    expect(accept("--max", "2").maxReq).toBe(2);
    expect(accept("--m=2").maxReq).toBe(2);
    expect(accept("--s", "ERROR").server).toBe("ERROR");
    expect(accept("--se=error").server).toBe("ERROR");
    expect(accept("--see", "5").seed).toBe(5);
    expect(accept("--max-t", "5").maxTimeMs).toBe(5000);
    expect(parseCommandLine(["--h"], definition).outcome).toBe("help");
  });

  test("after -- nothing is an option", () => {
    expect(refuse("us", "--", "--max", "2")).toContain("each CC argument must be A to Z");
  });

  test("one leading --, which pnpm hands through, is dropped", () => {
    expect(accept("--", "-s", "ERROR", "-vl2")).toMatchObject({
      server: "ERROR",
      verbose: true,
      ccList: ["BD", "BR"],
    });
  });

  test("codes that -e or -a makes meaningless are named", () => {
    expect(accept("-e", "-a", "us", "br")).toMatchObject({
      ignoredBecauseOf: "--every",
      ignoredCodes: ["us", "br"],
    });
    expect(accept("-a", "us")).toMatchObject({ ignoredBecauseOf: "--all", ignoredCodes: ["us"] });
    expect(accept("-a").ignoredBecauseOf).toBeUndefined();
    expect(accept("us").ignoredBecauseOf).toBeUndefined();
  });

  test("A1: checks come in the order of the Python programs", () => {
    expect(refuse("-m0", "-l0", "-sNOPE", "usa")).toContain("--max_req CONCURRENT must be >= 1");
    expect(refuse("-l0", "-sNOPE", "usa")).toContain("--limit N must be >= 1");
    expect(refuse("-sNOPE", "usa")).toContain("--server LABEL must be one of");
  });

  test("A1: its own complaints come before the usage, the parser's after it", () => {
    expect(refuse("usa")).toMatch(/^\*\*\* Usage error: .*\nusage: prog \[-h\]/);
    expect(refuse("-m", "x")).toMatch(
      /^usage: prog [\s\S]*\nprog: error: argument -m\/--max_req: invalid int value: 'x'\n$/,
    );
  });

  test.each([
    ["--timeout", "0", "argument --timeout: invalid seconds value: '0'"],
    ["--max-time", "x", "argument --max-time: invalid seconds value: 'x'"],
    ["--seed", "1.5", "argument --seed: invalid int value: '1.5'"],
    ["--seed", "%s", "argument --seed: invalid int value: '%s'"],
    ["--fail-on", "x", "argument --fail-on: invalid choice: 'x'"],
    ["-m", "99999999999999999999", "invalid int value: '99999999999999999999'"],
  ])("%s %s is refused", (option, value, complaint) => {
    expect(refuse(option, value)).toContain(complaint);
  });

  test("A1: the help names the defaults, and comes even beside unknown options", () => {
    const help = parseCommandLine(["--bogus", "-h"], definition);
    expect(help.outcome).toBe("help");
    const text = help.outcome === "help" ? help.text : "";
    expect(text).toMatch(
      /^usage: prog \[-h\] \[-a\] \[-e\] \[-l N\] \[-m CONCURRENT\] \[-s LABEL\]/,
    );
    expect(text).toContain(
      "\n\nDownload flags for country codes. Default: top 20 countries by population.\n\n",
    );
    expect(text.replace(/\s+/g, " ")).toContain("maximum concurrent requests (default=7)");
    expect(text.replace(/\s+/g, " ")).toContain(
      "Server to hit; one of DELAY, ERROR, LOCAL, REMOTE (default=LOCAL)",
    );
    expect(text).toContain("country code or 1st letter (eg. B for BA...BZ)");
  });

  test("a description of its own", () => {
    const help = parseCommandLine(["-h"], { ...definition, description: "Quite another." });
    expect(help.outcome === "help" && help.text).toContain("\n\nQuite another.\n\n");
  });
});
