import type { Counters } from "../counters.js";
import type { ControlTarget } from "./target.js";

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Writes all counts in the text format of Prometheus, version 0.0.4. */
export function metricsText({ listeners, journal }: ControlTarget): string {
  const each = (valueOf: (counters: Counters) => number): Sample[] =>
    Array.from(listeners, ([label, { listener }]) => [
      { listener: label },
      valueOf(listener.counters),
    ]);
  const nested = (samplesOf: (counters: Counters) => readonly Sample[]): Sample[] =>
    Array.from(listeners).flatMap(([label, { listener }]) =>
      samplesOf(listener.counters).map(([labels, value]): Sample => [
        { listener: label, ...labels },
        value,
      ]),
    );
  const replies = nested(({ statuses }) =>
    Array.from(statuses, ([status, count]) => [{ status: String(status) }, count]),
  );
  const faults = nested(({ faults: counts }) =>
    Array.from(counts, ([key, count]) => {
      const [rule = "", fault = ""] = key.split(" ");
      return [{ rule, fault }, count];
    }),
  );
  const openConnections = Array.from(listeners, ([label, { listener }]): Sample => [
    { listener: label },
    listener.stats().openConnections,
  ]);
  return [
    metric(
      "requests_total",
      "counter",
      "Requests received.",
      each((all) => all.requests),
    ),
    metric("replies_total", "counter", "Replies by status; 0 is none.", replies),
    metric("faults_total", "counter", "Faults by rule and kind.", faults),
    metric(
      "body_bytes_total",
      "counter",
      "Bytes of bodies sent.",
      each((all) => all.bodyBytes),
    ),
    metric(
      "requests_in_flight",
      "gauge",
      "Requests without a reply yet.",
      each((all) => all.concurrentRequests),
    ),
    metric(
      "requests_in_flight_peak",
      "gauge",
      "The most at the same time.",
      each((all) => all.peakConcurrentRequests),
    ),
    metric(
      "connections_total",
      "counter",
      "Connections accepted.",
      each((all) => all.newConnections),
    ),
    metric(
      "connections_refused_total",
      "counter",
      "Connections above the limit.",
      each((all) => all.refusedConnections),
    ),
    metric("connections_open", "gauge", "Connections open.", openConnections),
    metric(
      "connections_open_peak",
      "gauge",
      "The most open at the same time.",
      each((all) => all.peakConnections),
    ),
    metric("journal_forgotten_total", "counter", "Requests that the journal has no room for.", [
      [{}, journal.forgotten],
    ]),
  ].join("");
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const full = `flag_server_${name}`;
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
    return `${full}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}
