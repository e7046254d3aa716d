import { Cargo, cargoOf, putCargo } from "../shared/cargo.js";
import { packIntegers, packRecords, type Packed } from "../shared/packed.js";
import type { Ring } from "../shared/ring.js";
import type { WorkerCall } from "../worker-call.js";
import type { Outbox } from "./outbox.js";

/** Puts the arguments of a call into its slot, or those that do not fit there into a message. */
export function loadArguments(ring: Ring, outbox: Outbox, call: WorkerCall): void {
  const { slot, args, options } = call;
  if (call.isChunk) {
    call.refused = undefined;
    const flat = flatArguments(args as readonly (readonly unknown[])[]);
    ring.cargo[slot] = flat === undefined ? Cargo.Chunk : Cargo.FlatChunk;
    outbox.add(call, flat ?? args);
    return;
  }
  if (call.flow !== undefined) {
    ring.cargo[slot] = Cargo.Flow;
    outbox.add(call, call.flow.message());
    return;
  }
  let cargo: number;
  if (options.name !== undefined) cargo = Cargo.Named;
  else if (args.length === 0) cargo = Cargo.Nothing;
  else cargo = args.length === 1 && !call.pinned ? cargoOf(args[0]) : Cargo.Message;
  if (cargo === Cargo.Message && args.length === 1 && !call.pinned && outbox.addRecord(call)) {
    ring.cargo[slot] = Cargo.Record;
    return;
  }
  ring.cargo[slot] = cargo;
  if (cargo === Cargo.Named) outbox.add(call, [options.name, args]);
  else if (cargo === Cargo.Message) outbox.add(call, args);
  else putCargo(ring.argument, slot, cargo, args[0]);
}

/** The arguments of the calls of a chunk when each has one: whole numbers and records in a form that is quick to copy and to read. */
function flatArguments(list: readonly (readonly unknown[])[]): unknown[] | Packed | undefined {
  const flat: unknown[] = [];
  for (const args of list) {
    if (args.length !== 1) return undefined;
    flat.push(args[0]);
  }
  return packIntegers(flat) ?? packRecords(flat) ?? flat;
}
