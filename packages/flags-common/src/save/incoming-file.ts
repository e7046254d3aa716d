import { rename, utimes } from "node:fs";
import { promisify } from "node:util";
import type { FileSink } from "../fetch/fetch-file.js";
import { findGifFault } from "../fetch/gif.js";
import type { Accepted } from "../fetch/judge-answer.js";
import type { Beginning } from "../fetch/validators.js";
import { giveBack } from "../shared/give-back.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import { newSha256, sha256Of } from "../shared/sha256.js";
import { Checkpoint } from "./checkpoint.js";
import { DestinationError } from "./destination-error.js";
import {
  leavePartial,
  takePartial,
  writeChunks,
  type OpenFile,
  type PartialPlace,
} from "./partial-file.js";
import { pathIn } from "./plain-name.js";
import type { SaveFile } from "./save-whole.js";
import { openTemporary, withTemporaryFile } from "./temporary-file.js";

const takeName = promisify(rename);
const setTimes = promisify(utimes);

/** So much of a file is held in memory; a smaller file is written in one go, which takes half the time. */
const MAX_BUFFERED_BYTES = 1 << 18;
/** As much where it should outlive the process. */
const MAX_LOST_BYTES = 1 << 16;
/** So many bytes more are worth a new note. */
const NOTE_BYTES = 1 << 20;
const SIGNATURE_BYTES = 6;
const NO_BYTES = new Uint8Array(0);

/** Which file it is. */
export interface FilePlace {
  /** An existing folder. */
  readonly directory: string;
  /** A plain file name. */
  readonly fileName: string;
  /** Where it comes from, for the next try. */
  readonly url: URL;
  /** Saves it when it is small, and so all in memory. */
  readonly save: SaveFile;
  /** Whether what came should outlive this process. */
  readonly keeps: boolean;
}

/** What is to become of a file that is all there. */
export interface Finish {
  /** The SHA-256 that it must have. */
  readonly sha256?: string | undefined;
  /** When it was last changed, for the time of the file; not there for now. */
  readonly modifiedAt?: Date | undefined;
}

/**
 * A file on its way to the disk. Under its name it is there whole or not at all: until then it is in memory, and a large
 * one in a temporary file.
 *
 * It ends with one of `finish`, `leave` and `discard`. What cannot be written rejects with a `DestinationError`.
 */
export class IncomingFile implements FileSink {
  readonly #place: FilePlace;
  #open: OpenFile | undefined;
  #beginning: Beginning | undefined;
  /** Of what the bytes are the beginning, where that can be told for certain. */
  #origin: Pick<Beginning, "validator" | "totalBytes"> | undefined;
  #checkpoint: Checkpoint | undefined;
  #notedBytes = 0;
  /** What must be done before anything is written: the body does not wait for it. */
  #before: Promise<void> | undefined;
  /** What is not in the temporary file yet. */
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #writtenBytes = 0;
  #first: Uint8Array = NO_BYTES;
  /** Of pieces that are written. */
  readonly #memories = new Set<ArrayBufferLike>();
  /** The last piece that came. */
  #last: Uint8Array = NO_BYTES;

  constructor(place: FilePlace) {
    this.#place = place;
  }

  /** How much came so far, with the beginning. */
  get byteLength(): number {
    return this.#writtenBytes + this.#bufferedBytes;
  }

  /** Takes what an earlier try left, if it left anything. */
  async takeBeginning(): Promise<Beginning | undefined> {
    const taken = await takePartial(this.#partialPlace);
    if (taken === undefined) return undefined;
    const { beginning, ends, ...open } = taken;
    this.#open = open;
    this.#beginning = beginning;
    this.#writtenBytes = beginning.byteLength;
    for (const bytes of ends) this.#noteEnds(bytes);
    return beginning;
  }

  begin({ offset, validator, totalBytes }: Accepted): void {
    if (offset === 0) {
      this.#before = this.#reset();
      this.#origin = validator === undefined ? undefined : { validator, totalBytes };
      return;
    }
    if (offset !== this.#writtenBytes || this.#open === undefined) {
      throw new RangeError(`there are ${this.#writtenBytes} bytes, and not ${offset}`);
    }
    const { handle } = this.#open;
    this.#origin = this.#beginning;
    // The trailer goes, once what it says stands elsewhere.
    this.#before = this.#note().then(() => handle.truncate(offset));
    // Told where it is waited for.
    this.#before.catch(() => undefined);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#noteEnds(chunk);
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    const most = this.#place.keeps ? MAX_LOST_BYTES : MAX_BUFFERED_BYTES;
    return this.#bufferedBytes < most ? undefined : this.#guard(this.#flush());
  }

  findGifFault(): ReturnType<typeof findGifFault> {
    const { byteLength } = this;
    return findGifFault(Buffer.concat([this.#first, this.#last.subarray(-1)]), byteLength);
  }

  /**
   * Gives the file its name.
   *
   * @returns Its SHA-256; `undefined` when that is not the one it must have: then nothing is left.
   */
  async finish({ sha256: expected, modifiedAt }: Finish): Promise<string | undefined> {
    const { directory, fileName, save } = this.#place;
    const finalPath = pathIn(directory, fileName);
    const takeItsName = async (path: string): Promise<void> => {
      if (modifiedAt !== undefined) await setTimes(path, modifiedAt, modifiedAt);
      await takeName(path, finalPath);
    };
    if (this.#open === undefined) {
      if (this.#before !== undefined) await this.#before;
      const [only, ...more] = this.#chunks;
      const bytes = only !== undefined && more.length === 0 ? only : Buffer.concat(this.#chunks);
      const sha256 = sha256Of(bytes);
      if (expected !== undefined && expected !== sha256) return undefined;
      await this.#guard(
        modifiedAt === undefined
          ? save(directory, fileName, bytes)
          : withTemporaryFile(directory, fileName, bytes, takeItsName),
      );
      return sha256;
    }
    try {
      await this.#guard(this.#flush());
      const { file, handle, hash } = this.#open;
      const sha256 = hash.digest("hex");
      if (expected !== undefined && expected !== sha256) return undefined;
      await this.#guard(handle.close());
      await this.#guard(takeItsName(file.path));
      file.release();
      this.#open = undefined;
      await this.#checkpoint?.remove();
      return sha256;
    } finally {
      await this.discard();
    }
  }

  /** Leaves what came for a later try. That it cannot be kept is no reason to fail. */
  async leave(left: Pick<Beginning, "validator" | "totalBytes"> | "untouched"): Promise<void> {
    try {
      const beginning =
        left === "untouched" ? this.#beginning : { ...left, byteLength: this.byteLength };
      const { byteLength, totalBytes = Infinity } = beginning ?? { byteLength: 0 };
      if (beginning !== undefined && byteLength > 0 && byteLength < totalBytes) {
        await this.#flush();
        if (this.#open !== undefined) await leavePartial(this.#open, this.#partialPlace, beginning);
        this.#open = undefined;
      }
    } catch {
      // The next try begins anew.
    }
    await this.discard();
  }

  /** Lets go of what came. */
  async discard(): Promise<void> {
    await this.#before?.catch(() => undefined);
    await this.#reset();
  }

  /** Forgets what came; there is something to wait for only when some of it is in a file. */
  #reset(): Promise<void> | undefined {
    const open = this.#open;
    const checkpoint = this.#checkpoint;
    this.#open = undefined;
    this.#beginning = undefined;
    this.#origin = undefined;
    this.#checkpoint = undefined;
    this.#notedBytes = 0;
    this.#chunks = [];
    this.#bufferedBytes = 0;
    this.#writtenBytes = 0;
    this.#first = NO_BYTES;
    return open === undefined && checkpoint === undefined ? undefined : removeAll(open, checkpoint);
  }

  get #partialPlace(): PartialPlace {
    const { directory, fileName, url } = this.#place;
    return { directory, fileName, url: maskedUrl(url.href) };
  }

  /** Writes down how far the file is, for the case that this process is killed. */
  async #note(): Promise<void> {
    if (!this.#place.keeps || this.#open === undefined || this.#origin === undefined) return;
    const { file, hash } = this.#open;
    this.#checkpoint ??= new Checkpoint(file.path);
    this.#notedBytes = this.#writtenBytes;
    await this.#checkpoint.write({
      url: maskedUrl(this.#place.url.href),
      validator: this.#origin.validator,
      totalBytes: this.#origin.totalBytes,
      byteLength: this.#writtenBytes,
      sha256: hash.copy().digest("hex"),
    });
  }

  async #flush(): Promise<void> {
    await this.#before;
    this.#before = undefined;
    if (this.#open === undefined) {
      const { directory, fileName } = this.#place;
      const { file, made } = await openTemporary(directory, fileName);
      this.#open = { file, handle: made, hash: newSha256() };
      // What it lies in is given back.
      this.#first = Uint8Array.from(this.#first);
    }
    const { handle, hash } = this.#open;
    const chunks = this.#chunks;
    const byteLength = this.#bufferedBytes;
    // As they are: a copy of all that comes is memory that is freed late.
    await writeChunks(handle, chunks, this.#writtenBytes);
    for (const chunk of chunks) hash.update(chunk);
    this.#chunks = [];
    this.#bufferedBytes -= byteLength;
    this.#writtenBytes += byteLength;
    this.#giveBack(chunks);
    const isWorthNote = this.#writtenBytes >= this.#notedBytes + NOTE_BYTES;
    if (this.#notedBytes === 0 || isWorthNote) await this.#note();
  }

  /**
   * Gives the memory of written pieces back, but for that of the last one, until others have come: further pieces of a
   * chunked body may lie in it.
   */
  #giveBack(written: readonly Uint8Array[]): void {
    for (const { buffer } of written) this.#memories.add(buffer);
    for (const memory of this.#memories) {
      if (memory === this.#last.buffer) continue;
      this.#memories.delete(memory);
      giveBack(memory);
    }
  }

  #noteEnds(chunk: Uint8Array): void {
    if (this.#first.length < SIGNATURE_BYTES) {
      const missing = SIGNATURE_BYTES - this.#first.length;
      this.#first =
        this.#first.length === 0
          ? chunk.subarray(0, missing)
          : Buffer.concat([this.#first, chunk.subarray(0, missing)]);
    }
    if (chunk.length > 0) this.#last = chunk;
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new DestinationError(this.#place.directory, error);
    }
  }
}

async function removeAll(
  open: OpenFile | undefined,
  checkpoint: Checkpoint | undefined,
): Promise<void> {
  await open?.handle.close().catch(() => undefined);
  await open?.file.remove();
  await checkpoint?.remove();
}
