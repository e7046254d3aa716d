export {
  assertCliCase,
  assertFaultCase,
  assertHelp,
  assertNeverFails,
  assertServerDown,
  type CalledProgram,
} from "./testing/check-calls.js";
export { startGatedServer, type GatedServer, type HeldRequest } from "./testing/gated-server.js";
export type { EmulatedRow, OpenEmulator, Screen, TerminalEmulator } from "./testing/screen.js";
export {
  hasTerminals,
  startCommandOnTerminal,
  startOnTerminal,
  type ProgramOnTerminal,
  type ScreenResult,
  type Terminal,
} from "./testing/terminal.js";
export { terminalCases, type TerminalCase } from "./testing/terminal-cases.js";
export { assertBar, assertBarOfLargeFile, assertStopsOnKey } from "./testing/check-terminal.js";
export {
  assertSharesFolder,
  hasContainers,
  SHARED_FOLDER_CASES,
  type SharedFolderCase,
} from "./testing/check-shared-folder.js";
export { CLI_CASES, maskReport, type CaseContext, type CliCase } from "./testing/cli-cases.js";
export { startDeafServer, type DeafServer } from "./testing/deaf-server.js";
export { reserveDefaultPorts } from "./testing/default-ports.js";
export {
  FAULT_CASES,
  startFaultServer,
  type FaultCase,
  type FaultServer,
} from "./testing/fault-cases.js";
export {
  assertMeetsFaults,
  assertOutlivesRestart,
  FAULT_RUNS,
  type FaultRun,
  type FlagServers,
  type LocalServer,
  type ServerOptions,
  type ServerRule,
} from "./testing/fault-runs.js";
export { NO_LIMITS } from "./testing/patience.js";
export {
  planFaults,
  SERVER_FAULTS,
  type Fate,
  type FaultPlan,
  type ServerFault,
} from "./testing/server-faults.js";
export { startStepwiseBody, type StepwiseBody } from "./testing/stepwise-body.js";
export {
  startProgram,
  type ProgramResult,
  type RunningProgram,
  type StartProgramOptions,
} from "./testing/start-program.js";
export {
  openWorkplace,
  readCounts,
  totalOf,
  untilPrinted,
  type ProgramUnderTest,
  type ReportedCounts,
  type Workplace,
} from "./testing/workplace.js";
