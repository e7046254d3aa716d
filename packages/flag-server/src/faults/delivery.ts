import type { Reply } from "../reply.js";
import type { ResponseFields } from "../response-fields.js";

/** What is done with a connection after the last byte: closed in order, reset, or left open in silence. */
export type Ending = "close" | "reset" | "hang";

/** How a reply goes out. */
export type Delivery =
  /** In the ordinary way, perhaps with fields behind the body. */
  | { readonly kind: "reply"; readonly reply: Reply; readonly trailers?: ResponseFields }
  /** In the ordinary way, after responses that are not the last. */
  | {
      readonly kind: "interim";
      readonly head: string;
      readonly times: number;
      readonly everyMs: number;
      readonly reply: Reply;
    }
  /** The same bytes, in pieces. */
  | {
      readonly kind: "drip";
      readonly reply: Reply;
      readonly bytes: number;
      readonly everyMs: number;
    }
  /** Byte by byte as written here; the connection has no further use. */
  | {
      readonly kind: "wire";
      /** Status that the head tells, or 0 when there is no head. */
      readonly status: number;
      readonly head: string;
      readonly body: Buffer;
      readonly ending: Ending;
    };

/** What a reply is made for. */
export interface FaultContext {
  readonly method: string;
  /** Path of the URL, and its query, as the client wrote them. */
  readonly target: string;
  /** The Host field. */
  readonly host: string;
  /** Whether the listener speaks TLS. */
  readonly isSecure: boolean;
  /** Of the request, such as `1.1`. */
  readonly httpVersion: string;
  readonly nowMs: number;
}
