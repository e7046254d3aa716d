/** What one program has of its own in the cases. */
export interface CaseContext {
  readonly programName: string;
  readonly defaultConcurReq: number;
}

/** One way to call a program, and what must come of it. */
export interface CliCase {
  readonly title: string;
  /** Without `--base-url`, which the test adds: a server of the 194 flags. */
  readonly args: readonly string[];
  readonly exitCode: number;
  /** All of stdout, as {@link maskReport} gives it; a help text is not shown here. */
  readonly stdout: (context: CaseContext) => string;
  /** A whole line of stderr, which with exit code 2 stands beside the usage; nothing at all may be there without it. */
  readonly complaint?: (context: CaseContext) => string;
  /** How many files there must be in the folder afterwards. */
  readonly files: number;
}

/** Replaces what differs from run to run: the address of the server by `URL`, the time by `0.00s`. */
export function maskReport(stdout: string, baseUrl: string): string {
  return stdout
    .replaceAll(baseUrl, "URL")
    .replace(/^Elapsed time: \d+\.\d\ds$/m, "Elapsed time: 0.00s");
}

interface Expected {
  readonly label?: string;
  readonly search: string;
  readonly connections: (context: CaseContext) => number;
  readonly lines?: readonly string[];
  readonly found: number;
  readonly missing?: number;
}

function report(expected: Expected): (context: CaseContext) => string {
  const { label = "LOCAL", search, connections, lines = [], found, missing = 0 } = expected;
  return (context) => {
    const wide = connections(context);
    return [
      `${label} site: URL`,
      `Searching for ${search}`,
      `${wide} concurrent connection${wide === 1 ? "" : "s"} will be used.`,
      ...lines,
      "--------------------",
      `${found} flag${found === 1 ? "" : "s"} downloaded.`,
      ...(missing > 0 ? [`${missing} not found.`] : []),
      "Elapsed time: 0.00s",
      "",
    ].join("\n");
  };
}

function upTo(codes: number): (context: CaseContext) => number {
  return ({ defaultConcurReq }) => Math.min(defaultConcurReq, codes);
}

function exactly(connections: number): () => number {
  return () => connections;
}

function downloads(title: string, args: readonly string[], expected: Expected): CliCase {
  return { title, args, exitCode: 0, stdout: report(expected), files: expected.found };
}

function complains(args: readonly string[], complaint: string): CliCase {
  const title = `[${args.map((argument) => `'${argument}'`).join(" ")}] is refused`;
  return usageCase(title, args, () => complaint);
}

function parserComplains(args: readonly string[], complaint: string): CliCase {
  const title = `[${args.join(" ")}] is refused by the parser`;
  return usageCase(title, args, ({ programName }) => `${programName}: error: ${complaint}`);
}

function usageCase(
  title: string,
  args: readonly string[],
  complaint: (context: CaseContext) => string,
): CliCase {
  return { title, args, exitCode: 2, stdout: () => "", complaint, files: 0 };
}

/** A path that cannot be used is named as it was given, not by its last part alone. */
function cannotUse(args: readonly string[], complaint: string): CliCase {
  const title = `[${args.join(" ")}] names the path as it was given`;
  return { title, args, exitCode: 3, stdout: () => "", complaint: () => complaint, files: 0 };
}

const BAD_CODE = "*** Usage error: each CC argument must be A to Z or AA to ZZ.";
const BAD_MAX_REQ = "*** Usage error: --max_req CONCURRENT must be >= 1";
const BAD_LIMIT = "*** Usage error: --limit N must be >= 1";
const BAD_SERVER = "*** Usage error: --server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE";
const TOP_20 = "20 flags: from BD to VN";

/** What every download program must do: the behaviour of the Python programs, with their defects mended. */
export const CLI_CASES: readonly CliCase[] = [
  downloads("without arguments, the 20 most populous countries", [], {
    search: TOP_20,
    connections: upTo(20),
    found: 20,
  }),
  downloads("-v prints one line per flag", ["-v", "-m", "1", "cn", "xx", "br"], {
    search: "3 flags: BR, CN, XX",
    connections: exactly(1),
    lines: ["BR OK", "CN OK", "XX not found"],
    found: 2,
    missing: 1,
  }),
  downloads("up to 10 codes are listed", ["-al10"], {
    search: "10 flags: AD, AE, AF, AG, AL, AM, AO, AR, AT, AU",
    connections: upTo(10),
    found: 10,
  }),
  downloads("from 11 codes on, the first and the last are shown", ["-al11"], {
    search: "11 flags: from AD to AZ",
    connections: upTo(11),
    found: 11,
  }),
  downloads("one flag is one flag over one connection", ["us"], {
    search: "1 flag: US",
    connections: exactly(1),
    found: 1,
  }),
  downloads("-m 1 is one connection", ["-m", "1", "us", "br"], {
    search: "2 flags: BR, US",
    connections: exactly(1),
    found: 2,
  }),
  downloads("the same code in any case is one code", ["US", "us", "Us"], {
    search: "1 flag: US",
    connections: exactly(1),
    found: 1,
  }),
  downloads("a letter is 26 codes", ["b"], {
    search: "26 flags: from BA to BZ",
    connections: upTo(26),
    found: 17,
    missing: 9,
  }),
  downloads("no country begins with X", ["x"], {
    search: "26 flags: from XA to XZ",
    connections: upTo(26),
    found: 0,
    missing: 26,
  }),
  downloads("-l cuts after sorting", ["-l", "5", "b"], {
    search: "5 flags: BA, BB, BC, BD, BE",
    connections: upTo(5),
    found: 4,
    missing: 1,
  }),
  downloads("KB4: -l cuts the default list too", ["-l", "3"], {
    search: "3 flags: BD, BR, CD",
    connections: upTo(3),
    found: 3,
  }),
  downloads("-a is all 194 flags", ["-a"], {
    search: "194 flags: from AD to ZW",
    connections: upTo(194),
    found: 194,
  }),
  downloads("-a -l 3", ["-a", "-l", "3"], {
    search: "3 flags: AD, AE, AF",
    connections: upTo(3),
    found: 3,
  }),
  downloads("-e is every code there could be", ["-e"], {
    search: "676 flags: from AA to ZZ",
    connections: upTo(676),
    found: 194,
    missing: 482,
  }),
  downloads("-e beats -a", ["-e", "-a", "-l", "2"], {
    search: "2 flags: AA, AB",
    connections: upTo(2),
    found: 0,
    missing: 2,
  }),
  {
    ...downloads("-e beats codes, which are not even checked", ["-e", "-l", "1", "--", "usa"], {
      search: "1 flag: AA",
      connections: exactly(1),
      found: 0,
      missing: 1,
    }),
    complaint: () => "Country codes are ignored because of --every: usa",
  },
  {
    ...downloads("-a beats codes", ["-a", "-l", "1", "zz"], {
      search: "1 flag: AD",
      connections: exactly(1),
      found: 1,
    }),
    complaint: () => "Country codes are ignored because of --all: zz",
  },
  downloads("more connections than codes are not announced", ["-m", "99999"], {
    search: TOP_20,
    connections: exactly(20),
    found: 20,
  }),
  downloads("the label is written in any case", ["-s", "delay", "us"], {
    label: "DELAY",
    search: "1 flag: US",
    connections: exactly(1),
    found: 1,
  }),
  downloads("a code without a flag is not found, which is no failure", ["xx"], {
    search: "1 flag: XX",
    connections: exactly(1),
    found: 0,
    missing: 1,
  }),
  ...[
    ["-m2"],
    ["-m", "2"],
    ["-m", "+2"],
    ["--max_req=2"],
    ["--max", "2"],
    ["--m=2"],
    ["-m", "3", "-m", "2"],
    ["-s", "LOCAL", "-m2"],
    ["--s", "LOCAL", "-m2"],
  ].map((args) =>
    downloads(`[${args.join(" ")}] is accepted`, [...args, "us", "br", "cn"], {
      search: "3 flags: BR, CN, US",
      connections: exactly(2),
      found: 3,
    }),
  ),
  ...[
    ["-vm1", "-l2"],
    ["--ver", "--lim", "2", "--m", "1"],
    ["-vl2", "-m1"],
    ["--", "-vl2", "-m1"],
  ].map((args) =>
    downloads(`[${args.join(" ")}] is accepted`, args, {
      search: "2 flags: BD, BR",
      connections: exactly(1),
      lines: ["BD OK", "BR OK"],
      found: 2,
    }),
  ),
  downloads("-- separates options from codes", ["-l", "2", "--", "us", "br", "cn"], {
    search: "2 flags: BR, CN",
    connections: upTo(2),
    found: 2,
  }),
  cannotUse(["--out", "/dev/null/a/b", "us"], "*** cannot write to /dev/null/a/b/: not a folder"),
  cannotUse(
    ["--out", "../../../../../../../../dev/null/a", "us"],
    "*** cannot write to ../../../../../../../../dev/null/a/: not a folder",
  ),
  cannotUse(
    ["--report", "/dev/null/a/b.json", "us"],
    "*** cannot write --report /dev/null/a/b.json: /dev/null/a is not a folder",
  ),
  cannotUse(
    ["--gallery", "../../../../../../../../dev/null/b.html", "us"],
    "*** cannot write --gallery ../../../../../../../../dev/null/b.html: ../../../../../../../../dev/null is not a folder",
  ),
  cannotUse(["--verify", "--out", "/dev/null/a/b"], "*** cannot read /dev/null/a/b/: not a folder"),
  complains(["-m", "0"], BAD_MAX_REQ),
  complains(["-m", "-1"], BAD_MAX_REQ),
  complains(["-m=-1"], BAD_MAX_REQ),
  complains(["-l", "0"], BAD_LIMIT),
  complains(["-l", "-5"], BAD_LIMIT),
  complains(["-s", "NOPE"], BAD_SERVER),
  complains(["-s", ""], BAD_SERVER),
  complains(["usa"], BAD_CODE),
  complains(["123"], BAD_CODE),
  complains(["u1"], BAD_CODE),
  complains(["é"], BAD_CODE),
  complains([""], BAD_CODE),
  ...["ß", "ﬁ", "ı"].map((code) => ({
    ...complains([code], BAD_CODE),
    title: `KB6: ['${code}'] is not a country code`,
  })),
  parserComplains(["-m", "x"], "argument -m/--max_req: invalid int value: 'x'"),
  parserComplains(["-m", "1.5"], "argument -m/--max_req: invalid int value: '1.5'"),
  parserComplains(["-m", "0x10"], "argument -m/--max_req: invalid int value: '0x10'"),
  parserComplains(["-m", "1e3"], "argument -m/--max_req: invalid int value: '1e3'"),
  parserComplains(["-m", ""], "argument -m/--max_req: invalid int value: ''"),
  parserComplains(["-m"], "argument -m/--max_req: expected one argument"),
  parserComplains(["-l", "x"], "argument -l/--limit: invalid int value: 'x'"),
  parserComplains(["-s"], "argument -s/--server: expected one argument"),
  parserComplains(["-z"], "unrecognized arguments: -z"),
  parserComplains(["--bogus"], "unrecognized arguments: --bogus"),
  parserComplains(["--max-req", "3"], "unrecognized arguments: --max-req"),
  parserComplains(["us", "-l", "1", "br"], "unrecognized arguments: br"),
];
