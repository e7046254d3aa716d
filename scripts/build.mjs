// Builds what has changed and says nothing about it: the program or the tests that follow are what the user asked for.
// Prints the log where a build fails. Arguments: turbo's tasks and filters; default: the JavaScript of the package it stands in.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { installMissing } from "./lib/install-missing.mjs";

/** A build that takes longer says that it is at work. */
const SILENT_MS = 1000;

const given = process.argv.slice(2);
const isWhole =
  existsSync("pnpm-workspace.yaml") && !given.some((word) => word.startsWith("--filter"));
if (isWhole) installMissing();
const tasks = given.filter((word) => !word.startsWith("-"));
const args = [
  "run",
  ...(tasks.length === 0 ? ["build:js"] : tasks),
  ...given.filter((word) => word.startsWith("-")),
  "--output-logs=errors-only",
  "--log-order=grouped",
];
const child = spawn("turbo", args, {
  stdio: ["ignore", "pipe", "pipe"],
  shell: process.platform === "win32",
  env: { ...process.env, DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1" },
});
let log = "";
const keep = (chunk) => {
  log += chunk;
};
child.stdout.setEncoding("utf8").on("data", keep);
child.stderr.setEncoding("utf8").on("data", keep);
const notice = setTimeout(() => console.error("Building..."), SILENT_MS);
child.once("error", (error) => {
  clearTimeout(notice);
  console.error(`turbo cannot be started (${error.code}): run "pnpm install" first`);
  process.exitCode = 1;
});
child.once("close", (code, signal) => {
  clearTimeout(notice);
  if (code === 0) return;
  process.stderr.write(log);
  process.exitCode = signal === "SIGINT" ? 130 : (code ?? 1);
});
