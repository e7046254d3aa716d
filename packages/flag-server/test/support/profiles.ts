import fc from "fast-check";

/** Values that look like those of a profile, right or nearly right. */
const odd = fc.constantFrom<unknown>(-1, 0, 1, 1.5, 3, 404, "", "x", "LOCAL", true, null, [], {});

/** Mostly the value, now and then something else. */
function mostly(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 40, arbitrary: value }, { weight: 1, arbitrary: odd });
}

function object(
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<unknown> {
  const wrap = (all: Record<string, fc.Arbitrary<unknown>>) =>
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, mostly(value)]));
  const body = fc.record(
    { ...wrap(required), ...wrap(optional) },
    { requiredKeys: Object.keys(required) },
  );
  const unknown = fc.record({ surplus: fc.constant(1) });
  return fc.oneof(
    { weight: 60, arbitrary: body },
    {
      weight: 1,
      arbitrary: fc.tuple(body, unknown).map(([one, other]) => Object.assign({}, one, other)),
    },
  );
}

const ms = fc.integer({ min: 0, max: 2000 });
const before = { before: fc.constantFrom("headers", "body") };
const delay = fc.oneof(
  ms,
  object({ ms }, before),
  object({ distribution: fc.constant("uniform"), minMs: ms, maxMs: ms }, before),
  object({ distribution: fc.constant("normal"), meanMs: ms, deviationMs: ms }, { maxMs: ms }),
  object({ distribution: fc.constant("lognormal"), medianMs: ms, sigma: fc.constant(0.5) }, before),
  object({ distribution: fc.constant("pareto"), minMs: ms, shape: fc.constant(2) }, before),
);
const afterBytes = fc.nat({ max: 10_000 });

function fault(
  kind: string,
  required: Record<string, fc.Arbitrary<unknown>> = {},
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<unknown> {
  return object({ kind: fc.constant(kind), ...required }, { delay, ...optional });
}

const fields = fc.dictionary(
  fc.constantFrom("X-A", "x-b", "Link", "no name", "é"),
  fc.oneof(
    fc.constantFrom<unknown>("a", "b c", "a\nb", 5),
    fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
  ),
  { maxKeys: 2 },
);
const fieldMatches = fc.dictionary(
  fc.constantFrom("X-A", "range", "no name"),
  fc.constantFrom<unknown>(true, false, "bytes=*", "", 5, null),
  { maxKeys: 2 },
);
const status = fc.integer({ min: 200, max: 599 });
const anyFault = fc.oneof(
  fault("pass"),
  fault("delay", { delay }),
  fault(
    "status",
    { status: fc.oneof(status, fc.array(status, { minLength: 1, maxLength: 4 })) },
    {
      body: fc.string(),
      contentType: fc.constantFrom("text/plain", "a\nb"),
      retryAfterSeconds: ms,
      retryAfterFormat: fc.constantFrom("seconds", "date"),
      close: fc.boolean(),
      headers: fields,
    },
  ),
  fault("reset", {}, { afterBytes }),
  fault(
    "truncate",
    {},
    { afterBytes, framing: fc.constantFrom("content-length", "chunked", "close") },
  ),
  fault("drip", {
    bytes: fc.integer({ min: 1, max: 5000 }),
    everyMs: fc.integer({ min: 1, max: 5 }),
  }),
  fault("hang", {}, { at: fc.constantFrom("headers", "mid-headers", "body"), afterBytes }),
  fault("content-type", {}, { contentType: fc.constant("text/plain") }),
  fault("wrong-length", { differenceBytes: fc.integer({ min: -9, max: 9 }) }),
  fault("html", {}, { body: fc.string() }),
  fault("bad-trailer"),
  fault(
    "redirect",
    { to: fc.constantFrom("itself", "/x", "a b") },
    { status: fc.constantFrom(301, 302, 304) },
  ),
  fault("gzip", {}, { damage: fc.constantFrom("garbage", "truncated", "checksum", "none") }),
  fault(
    "informational",
    {},
    {
      status: fc.constantFrom(100, 102, 103, 101, 99),
      headers: fields,
      times: fc.nat({ max: 1001 }),
      everyMs: ms,
    },
  ),
  fault("trailers", { trailers: fields }),
  fault("garbage", {}, { line: fc.string() }),
  fault("slow-accept", { delay }),
);

const attempt = fc.integer({ min: 1, max: 9 });
const label = fc.constantFrom("LOCAL", "DELAY", "ERROR");
const match = object(
  {},
  {
    listener: fc.oneof(label, fc.array(label, { minLength: 1 })),
    method: fc.constantFrom("GET", "HEAD", ["GET", "PUT"]),
    path: fc.constantFrom("/**", "/flags/*/*.gif", ["/a", "**.json"]),
    codes: fc.array(fc.constantFrom("US", "br"), { minLength: 1 }),
    attempt: fc.oneof(
      attempt,
      fc.array(attempt, { minLength: 1 }),
      object({}, { from: attempt, to: attempt }),
    ),
    every: attempt,
    headers: fieldMatches,
    query: fieldMatches,
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
  },
);
const base = { name: fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}$/), enabled: fc.boolean(), match };
const share = object({ share: fc.constantFrom(0.1, 0.25, 0.5, 1), fault: anyFault });
const anyRule = fc.oneof(
  { weight: 3, arbitrary: object({ fault: anyFault }, base) },
  {
    weight: 1,
    arbitrary: object({ oneOf: fc.array(share, { minLength: 1, maxLength: 3 }) }, base),
  },
);
const limits = object(
  {},
  {
    listener: label,
    maxConnections: fc.integer({ min: 1, max: 100 }),
    idleTimeoutMs: fc.nat({ max: 5000 }),
    requestsPerSecond: fc.double({ min: 0.1, max: 1000, noNaN: true }),
    burst: fc.integer({ min: 1, max: 100 }),
    status: fc.constantFrom(429, 503, 500),
    retryAfterFormat: fc.constantFrom("seconds", "date"),
  },
);

/** Profiles, about half of them with something wrong somewhere. */
export const anyProfile = object(
  { rules: fc.array(anyRule, { maxLength: 4 }) },
  { limits, description: fc.string(), $schema: fc.string() },
);
