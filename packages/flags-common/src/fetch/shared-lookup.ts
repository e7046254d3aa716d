import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/**
 * Makes a lookup for connections that asks once for all that need the address of a host at the same time.
 *
 * Node asks for each connection, four at a time, in the threads that also write the files.
 */
export function sharedLookup(): LookupFunction {
  const waiting = new Map<string, Parameters<LookupFunction>[2][]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${JSON.stringify(options)}`;
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(callback);
      return;
    }
    const callbacks = [callback];
    waiting.set(key, callbacks);
    lookup(hostname, options, (...answer) => {
      waiting.delete(key);
      for (const answered of callbacks) answered(...answer);
    });
  };
}
