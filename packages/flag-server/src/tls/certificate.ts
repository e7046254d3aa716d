import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

import { ipBytes } from "./ip-bytes.js";

/** A private key and its certificate, both as PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_MS = 365 * DAY_MS;

/** Tags and object identifiers in DER (ITU-T X.690), as RFC 5280 and RFC 5758 want them. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;
const OID = {
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  commonName: Buffer.from("0603550403", "hex"),
  subjectAltName: Buffer.from("0603551d11", "hex"),
  basicConstraints: Buffer.from("0603551d13", "hex"),
};

/**
 * Makes a key and a certificate that is signed with it, for these names and addresses. It is valid for a year,
 * and its key is kept nowhere: each server has another one.
 */
export function makeCertificate(hosts: readonly string[], nowMs = Date.now()): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(TAG.sequence, OID.ecdsaWithSha256);
  const name = der(
    TAG.sequence,
    der(
      TAG.set,
      der(TAG.sequence, OID.commonName, der(TAG.utf8String, Buffer.from("flag-server"))),
    ),
  );
  const serial = randomBytes(16);
  // Positive, and with no byte too many.
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  const toBeSigned = der(
    TAG.sequence,
    // Version 3, counted from 0.
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    algorithm,
    name,
    // A clock may be a little behind.
    der(TAG.sequence, time(nowMs - DAY_MS), time(nowMs + VALID_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(TAG.sequence, alternativeNames(hosts), basicConstraints())),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const certificate = der(
    TAG.sequence,
    toBeSigned,
    algorithm,
    // No bit of the last byte is unused.
    der(TAG.bitString, Buffer.from([0]), signature),
  );
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem("CERTIFICATE", certificate),
  };
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 0 ? der(0x82, Buffer.from(host)) : der(0x87, ipBytes(host)),
  );
  return extension(OID.subjectAltName, false, der(TAG.sequence, ...names));
}

/** It may sign itself: a client that trusts it needs no other. */
function basicConstraints(): Buffer {
  return extension(OID.basicConstraints, true, der(TAG.sequence, boolean(true)));
}

function extension(oid: Buffer, critical: boolean, value: Buffer): Buffer {
  const parts = critical ? [oid, boolean(true)] : [oid];
  return der(TAG.sequence, ...parts, der(TAG.octetString, value));
}

function boolean(value: boolean): Buffer {
  return der(TAG.boolean, Buffer.from([value ? 0xff : 0]));
}

/** RFC 5280 4.1.2.5: with two digits of the year to 2049, with four after that. */
function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]|\..*/g, "")}Z`;
  return text < "2050"
    ? der(TAG.utcTime, Buffer.from(text.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(text));
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >>> 8, length & 0xff]);
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
