import type { CommandLine } from "../cli/command-line.js";
import { EXIT_CODES } from "../cli/exit-codes.js";
import type { Output } from "../report/output.js";
import { count } from "../report/text.js";
import { write } from "../report/write-reports.js";
import { assertApart } from "./assert-apart.js";
import { verifyFolder, type Expectations, type VerifiedFile } from "../verify/verify-folder.js";

/** A machine-readable report of what `--verify` found. */
interface VerificationReport {
  readonly program: string;
  readonly counts: { readonly ok: number; readonly error: number };
  readonly results: readonly VerifiedFile[];
}

/**
 * Checks the files of a folder and says what is wrong with them, in the form that was asked for.
 *
 * @returns The exit code: `failed` when anything is, or when there is nothing to check.
 */
export async function runVerification(
  run: {
    readonly program: string;
    readonly directory: string;
    readonly expectations: Expectations;
    readonly format: CommandLine["format"];
    /** The files that the command line names. */
    readonly paths: Parameters<typeof assertApart>[0];
  },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const { program, directory, expectations, format, paths } = run;
  const path = paths.report;
  const results = await verifyFolder(directory, expectations, signal);
  await assertApart(paths, directory, () => results.map(({ name }) => name));
  const faults = results.filter(({ status }) => status === "error");
  const counts = { ok: results.length - faults.length, error: faults.length };
  const report: VerificationReport = { program, counts, results };
  const document = JSON.stringify(report, undefined, 2);
  switch (format) {
    case "text":
      output.print(
        ...faults.map(({ name, reason = "" }) => `*** Error for ${name}: ${reason}`),
        `${count(counts.ok, "file")} whole.`,
        ...(faults.length > 0 ? [`${count(faults.length, "error")}.`] : []),
      );
      break;
    case "json":
      output.print(document);
      break;
    case "ndjson":
      for (const result of results) output.print(JSON.stringify(result));
      output.print(JSON.stringify({ summary: { program, counts } }));
  }
  if (path !== undefined) await write({ option: "report", path }, `${document}\n`, output, signal);
  // What was asked for as a check must not pass because there was nothing to check.
  if (results.length === 0 && !signal.aborted) output.note("*** there is nothing to verify");
  return results.length === 0 || faults.length > 0 ? EXIT_CODES.failed : EXIT_CODES.ok;
}
