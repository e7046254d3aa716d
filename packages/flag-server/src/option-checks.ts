import { createSecureContext } from "node:tls";
import { types } from "node:util";

import { messageOf } from "./failures.js";
import { FLAG_LISTENER_LABELS } from "./listener-label.js";
import { isProfileName, PROFILE_NAMES, type FaultProfileName } from "./rules/profiles.js";
import { checkResponseFields } from "./rules/check-rules.js";
import { show } from "./rules/show.js";

/** Checks the address to listen on. */
export function checkHost(host: unknown, name: string): void {
  if (typeof host !== "string") throw new TypeError(`${name} must be a string, not ${show(host)}`);
  if (host === "") throw new RangeError(`${name} must not be empty`);
}

/** Checks the labels of the listeners to start. */
export function checkListeners(listeners: unknown, name: string): void {
  if (!Array.isArray(listeners)) {
    throw new TypeError(`${name} must be an array of labels, not ${show(listeners)}`);
  }
  if (listeners.length === 0) throw new RangeError(`${name} must name at least one listener`);
  const known: readonly unknown[] = FLAG_LISTENER_LABELS;
  for (const [index, label] of listeners.entries()) {
    if (!known.includes(label)) {
      throw new RangeError(`${name} must be of ${known.join(", ")}, not ${show(label)}`);
    }
    if (listeners.indexOf(label) !== index) {
      throw new RangeError(`${name} must name each listener once, not ${show(label)} twice`);
    }
  }
}

/** Tells whether a profile is given by its name, and refuses names that are none. */
export function isNamed(profile: unknown, name: string): profile is FaultProfileName {
  if (typeof profile !== "string") return false;
  if (isProfileName(profile)) return true;
  throw new RangeError(
    `${name} must be a profile or one of ${PROFILE_NAMES.join(", ")}, not ${show(profile)}`,
  );
}

/** Checks files of one's own. */
export function checkFiles(files: unknown, name: string): void {
  if (files === undefined || typeof files === "string") return;
  if (typeof files !== "object" || files === null) {
    throw new TypeError(`${name} must be a folder or an object of files, not ${show(files)}`);
  }
  for (const [path, file] of Object.entries(files) as [string, unknown][]) {
    if (!path.startsWith("/")) {
      throw new RangeError(`${name} must have paths that begin with "/", not ${show(path)}`);
    }
    checkFile(file, `${name}[${show(path)}]`);
  }
}

function checkFile(file: unknown, name: string): void {
  if (isBody(file)) return;
  const { body, contentType, headers } = (file ?? {}) as Record<string, unknown>;
  if (!isBody(body)) throw new TypeError(`${name} must be or have a body of text or bytes`);
  checkResponseFields(headers, `${name}.headers`);
  if (contentType === undefined) return;
  if (typeof contentType !== "string" || !/^[\x20-\x7e]+$/.test(contentType)) {
    throw new TypeError(`${name}.contentType must be a media type, not ${show(contentType)}`);
  }
}

function isBody(value: unknown): boolean {
  return typeof value === "string" || types.isUint8Array(value);
}

/** Checks a switch. */
export function checkBoolean(value: unknown, name: string): void {
  if (typeof value !== "boolean") {
    throw new TypeError(`${name} must be true or false, not ${show(value)}`);
  }
}

/** Checks a token of RFC 6750. */
export function checkToken(token: unknown, name: string): void {
  if (typeof token !== "string") {
    throw new TypeError(`${name} must be a string, not ${show(token)}`);
  }
  // What it is is nobody's affair, also in an error.
  if (!/^[\w.~+/-]{16,200}={0,2}$/.test(token)) {
    throw new RangeError(`${name} must be 16 to 200 letters, digits and -._~+/`);
  }
}

/** Checks what TLS is to be spoken with. */
export function checkTls(tls: unknown, name: string): void {
  if (typeof tls === "boolean") return;
  const { key, cert } = Object(tls) as { key?: unknown; cert?: unknown };
  if (typeof key !== "string" || typeof cert !== "string") {
    throw new TypeError(`${name} must be true, false, or a key and a cert as PEM`);
  }
  try {
    createSecureContext({ key, cert });
  } catch (error) {
    const reason = messageOf(error);
    throw new RangeError(`${name} must have a key and a cert that belong together: ${reason}`, {
      cause: error,
    });
  }
}

/** Checks a seed. */
export function checkSeed(seed: unknown, name: string): void {
  if (typeof seed === "string" || Number.isSafeInteger(seed)) return;
  if (typeof seed === "number") {
    throw new RangeError(`${name} must be a safe integer or a string, not ${show(seed)}`);
  }
  throw new TypeError(`${name} must be a number or a string, not ${show(seed)}`);
}

/** Checks an integer from 0 to `max`. */
export function checkInteger(value: unknown, name: string, max: number): void {
  if (typeof value !== "number")
    throw new TypeError(`${name} must be a number, not ${show(value)}`);
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${name} must be an integer from 0 to ${max}, not ${show(value)}`);
  }
}

/** Checks a share from 0 to 1. */
export function checkRate(value: unknown, name: string): void {
  if (typeof value !== "number")
    throw new TypeError(`${name} must be a number, not ${show(value)}`);
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${name} must be from 0 to 1, not ${show(value)}`);
  }
}
