/** An answer of the control listener. */
export interface ControlReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request to the control listener that cannot be carried out. */
export class ControlError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "ControlError";
    this.status = status;
    this.headers = headers;
  }
}

/** Makes a reply of a value. */
export function json(value: unknown, status = 200): ControlReply {
  return { status, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}
