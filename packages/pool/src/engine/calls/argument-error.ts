import { serializationError } from "../../codec/find-uncloneable.js";
import type { SerializationError } from "../../errors.js";
import { clone } from "../shared/clone.js";

/**
 * Makes the error for a call that cannot be sent: what is at fault is one of its arguments, or the context that it carries as the
 * first of them.
 */
export function argumentError(
  args: readonly unknown[],
  carriesContext: boolean,
  error: unknown,
): SerializationError {
  if (!carriesContext) return serializationError("arguments", args, "args", error);
  const [captured, ...own] = args;
  try {
    clone(captured);
  } catch {
    return serializationError("arguments", captured, "context", error);
  }
  return serializationError("arguments", own, "args", error);
}
