import type { IncomingMessage } from "node:http";

import { isRefusal, messageOf } from "../failures.js";
import { checkLimits, checkRules } from "../rules/check-rules.js";
import { profileSchema } from "../rules/schema.js";
import { ControlError, json, type ControlReply } from "./control-reply.js";
import {
  checkParameters,
  QUERY_PARAMETERS,
  readQuery,
  verify,
  wholeNumber,
} from "./journal-query.js";
import { checkToken } from "./guard.js";
import { flagList, pageFile } from "./page.js";
import { metricsText } from "./prometheus.js";
import { readJson } from "./read-json.js";
import type { ControlTarget } from "./target.js";

type Action = (
  target: ControlTarget,
  url: URL,
  request: IncomingMessage,
) => ControlReply | Promise<ControlReply>;

/** What is done, and which parameters may stand in the query. */
interface Handler {
  readonly act: Action;
  /** Default: any. */
  readonly parameters?: readonly string[];
}

const MAX_ENTRIES = 1000;
const BOUNDS = ["times", "atLeast", "atMost"] as const;

const FORMATS = ["json", "ndjson"];

const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  "/api/rules": { GET: does(showRules), PUT: does(replaceRules) },
  "/api/reset": { POST: does(reset) },
  "/api/journal": { GET: does(showJournal, ...QUERY_PARAMETERS, "limit", "format") },
  "/api/verify": { GET: does(verifyJournal, ...QUERY_PARAMETERS, ...BOUNDS) },
  "/api/flags": { GET: does(() => json(flagList())) },
  "/api/stats": { GET: does(showStats) },
  "/metrics": { GET: does(showMetrics) },
  "/profile.schema.json": { GET: does(() => json(profileSchema())) },
};
const ONE_RULE = /^\/api\/rules\/([^/]+)$/;

/** Carries out a request to the control listener. Rejects with a `ControlError` when it cannot. */
export async function carryOut(
  target: ControlTarget,
  request: IncomingMessage,
): Promise<ControlReply> {
  const url = parseTarget(request.url ?? "");
  const { method = "GET" } = request;
  const file = pageFile(url.pathname, target);
  // The files of the page tell nothing, and a browser has no token to ask for them with.
  if (file === undefined) checkToken(request, target.token);
  const handlers = file === undefined ? routeOf(url.pathname) : { GET: { act: () => file } };
  if (handlers === undefined) throw new ControlError(404, "there is nothing at this path");
  const handler = new Map<string, Handler>(Object.entries(handlers)).get(
    method === "HEAD" ? "GET" : method,
  );
  if (handler === undefined) {
    const Allow = Object.keys(handlers).join(", ");
    throw new ControlError(405, `the method must be ${Allow}`, { Allow });
  }
  if (handler.parameters !== undefined) checkParameters(url.searchParams, handler.parameters);
  return handler.act(target, url, request);
}

function does(act: Action, ...parameters: readonly string[]): Handler {
  return { act, parameters };
}

function parseTarget(text: string): URL {
  // With a host put before it: "//x" would be one.
  const url = URL.canParse(`http://localhost${text}`)
    ? new URL(`http://localhost${text}`)
    : undefined;
  if (url?.hostname !== "localhost") throw new ControlError(400, "the target must be a path");
  return url;
}

function routeOf(path: string): Readonly<Record<string, Handler>> | undefined {
  if (ONE_RULE.test(path)) return { PATCH: does(switchRule) };
  return Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
}

function showRules({ rules }: ControlTarget): ControlReply {
  return json({ rules: rules.rules, limits: rules.limits });
}

async function replaceRules(
  target: ControlTarget,
  _url: URL,
  request: IncomingMessage,
): Promise<ControlReply> {
  const body = await readJson(request);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ControlError(400, "the body must be an object with rules");
  }
  const { rules, limits } = body as { rules?: unknown; limits?: unknown };
  checkNames(body, "rules", "limits");
  checked(() => {
    target.rules.replace(checkRules(rules), limits === undefined ? undefined : checkLimits(limits));
  });
  return showRules(target);
}

async function switchRule(
  target: ControlTarget,
  url: URL,
  request: IncomingMessage,
): Promise<ControlReply> {
  const body = await readJson(request);
  const { enabled } = (body ?? {}) as { enabled?: unknown };
  checkNames(Object(body) as object, "enabled");
  if (typeof enabled !== "boolean") throw new ControlError(400, "enabled must be true or false");
  const name = ONE_RULE.exec(url.pathname)?.[1] ?? "";
  if (!target.rules.setEnabled(name, enabled)) {
    throw new ControlError(404, "there is no rule of this name");
  }
  return showRules(target);
}

function reset(target: ControlTarget): ControlReply {
  target.reset();
  return showRules(target);
}

function showJournal({ journal }: ControlTarget, { searchParams }: URL): ControlReply {
  const query = readQuery(searchParams);
  const limit = wholeNumber(searchParams.get("limit") ?? "100", "limit");
  const format = searchParams.get("format") ?? "json";
  if (!FORMATS.includes(format)) {
    throw new ControlError(400, `format must be one of ${FORMATS.join(", ")}`);
  }
  const entries = journal.find(query, Math.min(limit, MAX_ENTRIES));
  if (format === "ndjson") {
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
    return { status: 200, contentType: "application/x-ndjson", body: lines.join("") };
  }
  return json({ last: journal.last, forgotten: journal.forgotten, entries });
}

function verifyJournal({ journal }: ControlTarget, { searchParams }: URL): ControlReply {
  const query = readQuery(searchParams);
  const given = BOUNDS.filter((name) => searchParams.has(name));
  if (given.length === 0) throw new ControlError(400, `one of ${BOUNDS.join(", ")} is missing`);
  const bounds = Object.fromEntries(
    given.map((name) => [name, wholeNumber(searchParams.get(name) ?? "", name)]),
  );
  const verdict = verify(journal.find(query), journal.forgotten, bounds);
  // A status that makes `curl --fail` fail.
  return json(verdict, verdict.verified ? 200 : 409);
}

function showStats({ listeners, journal }: ControlTarget): ControlReply {
  const byLabel = Array.from(listeners, ([label, { listener, origin }]) => {
    const { bodyBytes, refusedConnections, faults, statuses } = listener.counters;
    const details = {
      origin,
      bodyBytes,
      refusedConnections,
      faults: Object.fromEntries(faults),
      statuses: Object.fromEntries(statuses),
    };
    return [label, { ...listener.stats(), ...details }] as const;
  });
  return json({ listeners: Object.fromEntries(byLabel), last: journal.last });
}

function showMetrics(target: ControlTarget): ControlReply {
  const contentType = "text/plain; version=0.0.4; charset=utf-8";
  return { status: 200, contentType, body: metricsText(target) };
}

function checkNames(body: object, ...known: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const shown = JSON.stringify(unknown.slice(0, 50));
  throw new ControlError(400, `${shown} is unknown; there is ${known.join(" and ")}`);
}

/** Runs a check of what came from outside; what it finds is the client's fault. */
function checked(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (isRefusal(error)) {
      throw new ControlError(400, messageOf(error));
    }
    throw error;
  }
}
