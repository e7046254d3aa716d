// The program of a thread beside each child process: it acts also while a call keeps the process from its event loop.
import { killProcess, setInterval } from "../../../internal/platform.js";
import { connect } from "node:net";
import { workerData } from "node:worker_threads";
import {
  ConnectionRole,
  Recall,
  RECALL_ANSWER_BYTES,
  RECALL_BYTES,
} from "../wire/process-messages.js";
import { Claims, type ClaimMemory } from "./claims.js";
import { PARENT_LOOK_MS } from "../../tuning.js";

/** What the thread is given. */
export interface RecallThreadData {
  /** The number of the parent's process. */
  readonly parent: number;
  /** Where the parent listens; undefined where it cannot. */
  readonly address: string | undefined;
  readonly token: string;
  readonly claims: ClaimMemory;
}

const { parent, address, token, claims: memory } = workerData as RecallThreadData;

// A process whose parent is gone is given another one. On Windows it is ended by the system.
if (process.platform !== "win32") {
  setInterval(() => {
    if (process.ppid !== parent) killProcess(process.pid, "SIGKILL");
  }, PARENT_LOOK_MS);
}
if (address !== undefined) answerRequests(address);

function answerRequests(path: string): void {
  const claims = new Claims(memory);
  let rest: Buffer = Buffer.alloc(0);
  const socket = connect({ path }, () => {
    socket.write(token + ConnectionRole.Recalls);
  });
  // Without this connection nothing is taken back, and the end of the others is the end of the process.
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    const bytes = Buffer.concat([rest, chunk]);
    const count = Math.floor(bytes.length / RECALL_BYTES);
    const answers = Buffer.alloc(count * RECALL_ANSWER_BYTES);
    for (let index = 0; index < count; index += 1) {
      const id = bytes.readUInt32LE(index * RECALL_BYTES);
      answers.writeUInt32LE(id, index * RECALL_ANSWER_BYTES);
      const answer = claims.claim(id) ? Recall.TakenBack : Recall.Begun;
      answers.writeUInt32LE(answer, index * RECALL_ANSWER_BYTES + 4);
    }
    rest = bytes.subarray(count * RECALL_BYTES);
    if (count > 0) socket.write(answers);
  });
}
