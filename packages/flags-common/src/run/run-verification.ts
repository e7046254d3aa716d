import { EXIT_CODES } from "../cli/exit-codes.js";
import type { Output } from "../report/output.js";
import { count } from "../report/text.js";
import type { Manifest } from "../verify/manifest.js";
import { verifyFolder } from "../verify/verify-folder.js";

/**
 * Checks the files of a folder and says what is wrong with them.
 *
 * @returns The exit code: `failed` when anything is.
 */
export async function runVerification(
  directory: string,
  manifest: Manifest | undefined,
  output: Output,
): Promise<number> {
  const { whole, faults } = await verifyFolder(directory, manifest);
  output.print(
    ...[...faults].map(([name, fault]) => `*** Error for ${name}: ${fault}`),
    `${count(whole, "file")} whole.`,
    ...(faults.size > 0 ? [`${count(faults.size, "error")}.`] : []),
  );
  return faults.size > 0 ? EXIT_CODES.failed : EXIT_CODES.ok;
}
