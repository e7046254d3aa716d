import type { FileSink } from "../fetch/fetch-file.js";
import type { Accepted } from "../fetch/judge-answer.js";
import { partsOf, type TransferMeter } from "../shared/transfer-meter.js";

/** Counts what goes into the sink of one file. */
export class MeteredSink implements FileSink {
  readonly #sink: FileSink;
  readonly #meter: TransferMeter;
  /** What the meter has of this file. */
  #bytes = 0;
  #parts = 0;
  #offset = 0;
  #end: number | undefined;

  constructor(sink: FileSink, meter: TransferMeter) {
    this.#sink = sink;
    this.#meter = meter;
  }

  begin(head: Accepted): void {
    this.#offset = head.offset;
    this.#end = head.end;
    this.#count(0);
    this.#sink.begin(head);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#count(this.#bytes + chunk.length);
    return this.#sink.write(chunk);
  }

  findGifFault(): ReturnType<FileSink["findGifFault"]> {
    return this.#sink.findGifFault();
  }

  /** The file is there, and counts as a whole until whoever asked for it takes it over; or it is not, and counts no more. */
  settle(isSaved: boolean): void {
    if (isSaved) this.#set(this.#bytes, partsOf(1, 1));
    else this.#set(0, 0);
  }

  #count(bytes: number): void {
    const end = this.#end;
    this.#set(bytes, end === undefined ? 0 : partsOf(this.#offset + bytes, end));
  }

  #set(bytes: number, parts: number): void {
    this.#meter.add(bytes - this.#bytes, parts - this.#parts);
    this.#bytes = bytes;
    this.#parts = parts;
  }
}
