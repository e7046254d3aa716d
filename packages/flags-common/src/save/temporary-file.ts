import { writeFile } from "node:fs";
import { open, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { errorCode } from "../shared/failure-reason.js";
import { pathIn } from "./plain-name.js";
import { runPlace } from "./run-place.js";

/** Earlier versions did not say in which place the process runs. */
const TEMPORARY_NAME = /^\.(.+?)\.(\d+)\.\d+(?:\.([0-9a-f]{8}))?\.(part|note)$/;
/** More attempts than leftovers of one process id can be in the way. */
const MAX_NAME_ATTEMPTS = 1000;
/** Who writes to a file of another place cannot be asked; one that has not changed for so long is nobody's, in milliseconds. */
const MAX_SILENCE_MS = 86_400_000;
/** How long to wait for others to close files when no more can be opened, and how often to look, in milliseconds. */
const PATIENCE_MS = 5000;
const LOOK_AGAIN_MS = 20;

/** With callbacks below: a FileHandle for each file takes twice the time. */
const writeWholeFile = promisify(writeFile);

/** The names in use in this thread, so that sweeping the folder spares them. */
const namesInUse = new Set<string>();
let lastNumber = 0;

/** A temporary file beside the final one: `.br.gif.<process id>.<number>.<place>.part`. */
export class TemporaryFile {
  readonly path: string;
  readonly #name: string;

  private constructor(directory: string, name: string) {
    this.#name = name;
    this.path = pathIn(directory, name);
  }

  /** Chooses the next name; that it is free is found out by making a file of it. */
  static next(directory: string, name: string): TemporaryFile {
    lastNumber += 1;
    const numbered = `.${name}.${process.pid}.${lastNumber}.${runPlace()}.part`;
    namesInUse.add(numbered);
    return new TemporaryFile(directory, numbered);
  }

  /**
   * Finds a name that is free, and lets `make` make a file of it, which must fail with EEXIST where there is one. After a
   * failure no file of that name is left.
   */
  static async create<T>(
    directory: string,
    name: string,
    make: (path: string) => Promise<T>,
  ): Promise<{ readonly file: TemporaryFile; readonly made: T }> {
    const giveUpAtMs = performance.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt += 1) {
      const file = TemporaryFile.next(directory, name);
      try {
        return { file, made: await make(file.path) };
      } catch (error) {
        // A leftover of an earlier process with our id, or another thread of ours: take the next number.
        const isTaken = errorCode(error) === "EEXIST";
        if (isTaken) file.release();
        else await file.remove();
        if (isTaken && attempt < MAX_NAME_ATTEMPTS) continue;
        if (!hasTooManyFiles(error) || performance.now() > giveUpAtMs) throw error;
        await setTimeout(LOOK_AGAIN_MS);
      }
    }
  }

  /** The file has another name now, or none: this one may be swept away. */
  release(): void {
    namesInUse.delete(this.#name);
  }

  /** Removes the file. The error that brought us here says more than one from the clearing up. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true }).catch(() => undefined);
    this.release();
  }
}

/** Opens a new temporary file for reading and writing. */
export async function openTemporary(
  directory: string,
  name: string,
): Promise<{ readonly file: TemporaryFile; readonly made: FileHandle }> {
  return await TemporaryFile.create(directory, name, (path) => open(path, "wx+"));
}

/**
 * Writes the bytes to a temporary file, and lets `finish` take it from there. After a failure no file of that name is
 * left.
 *
 * @param finish - Gets the path of the closed file: it renames or removes it.
 * @param mode - Who may read it.
 */
export async function withTemporaryFile(
  directory: string,
  name: string,
  bytes: Uint8Array,
  finish: (path: string) => Promise<void>,
  mode = 0o666,
): Promise<void> {
  // Written and closed; a full disk may be reported only then (NFS, quotas).
  const { file } = await TemporaryFile.create(directory, name, (path) =>
    writeWholeFile(path, bytes, { flag: "wx", mode }),
  );
  try {
    await finish(file.path);
  } catch (error) {
    await file.remove();
    throw error;
  } finally {
    file.release();
  }
}

/** Tells whether an error says that this process, or this machine, has too many files open. */
function hasTooManyFiles(error: unknown): boolean {
  return /^E[MN]FILE$/.test(errorCode(error) ?? "");
}

/** A file that was left behind by a process that is no more. */
export interface StaleFile {
  /** What it was to become. */
  readonly fileName: string;
  /** `note`: what was noted down about a file. */
  readonly kind: "part" | "note";
}

/** Tells whether a file was left behind by a process that is no more. */
export async function staleTemporary(
  directory: string,
  name: string,
): Promise<StaleFile | undefined> {
  const [, fileName, pid, place, kind] = TEMPORARY_NAME.exec(name) ?? [];
  if (fileName === undefined || pid === undefined) return undefined;
  const isStale = await isLeft(directory, name, Number(pid), place);
  return isStale ? { fileName, kind: kind === "note" ? kind : "part" } : undefined;
}

async function isLeft(
  directory: string,
  name: string,
  pid: number,
  place: string | undefined,
): Promise<boolean> {
  if (place !== undefined && place !== runPlace()) return await isForgotten(directory, name);
  // In a container every run may have the same process id.
  if (pid === process.pid) return !namesInUse.has(name.replace(/note$/, "part"));
  return !isAlive(pid);
}

async function isForgotten(directory: string, fileName: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(join(directory, fileName));
    return Date.now() - mtimeMs > MAX_SILENCE_MS;
  } catch {
    // Somebody was faster.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return errorCode(error) === "EPERM";
  }
}
