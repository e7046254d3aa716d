import type { FaultKind } from "@concur/flag-server";
import { expect, test } from "@jest/globals";
import { SERVER_FAULTS, type ServerFault } from "../../../src/testing/server-faults.js";

test("the table names every fault of the server", () => {
  // A kind that is missing in either list is found by the compiler.
  const kinds: Record<ServerFault["fault"]["kind"] | "slow-accept", true> = {
    pass: true,
    delay: true,
    status: true,
    reset: true,
    truncate: true,
    drip: true,
    hang: true,
    "content-type": true,
    "wrong-length": true,
    html: true,
    "bad-trailer": true,
    trailers: true,
    informational: true,
    redirect: true,
    gzip: true,
    garbage: true,
    "slow-accept": true,
  } satisfies Record<FaultKind, true>;
  const tried = new Set<string>(SERVER_FAULTS.map(({ fault }) => fault.kind));
  expect([...tried, "slow-accept"].sort()).toEqual(Object.keys(kinds).sort());
});
