// The page of the control listener: shows the rules, the traffic and the flags, and switches rules.
// It asks the control API once a second; nothing is pushed.

const POLL_MS = 1000;
const RECENT = 40;

const element = (id) => document.getElementById(id);
const connection = element("connection");
const state = { paused: false, previous: undefined, rulesShown: "", load: 0 };

/** Makes an element with its text and attributes. Text is never read as HTML. */
function make(name, { text = "", ...attributes } = {}, children = []) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// A listener with a token gets it from the address, "#token=…", which no browser sends to a server.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const authorization = token === null ? {} : { Authorization: `Bearer ${token}` };

async function api(path, { headers, ...options } = {}) {
  const reply = await fetch(`/api/${path}`, { ...options, headers: { ...headers, ...authorization } });
  const value = await reply.json();
  if (!reply.ok) throw new Error(value.error);
  return value;
}

function send(path, method, body) {
  const headers = { "Content-Type": "application/json" };
  return api(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

// Rules

const percent = (share) => `${Math.round(share * 1000) / 10} %`;

function delayText(delay) {
  if (delay === undefined) return "";
  if (typeof delay === "number") return `${delay} ms late`;
  const part = delay.before === "body" ? ", before the body" : "";
  if (delay.distribution === undefined) return `${delay.ms} ms late${part}`;
  const { distribution, before: _before, ...numbers } = delay;
  return `late: ${distribution} (${Object.values(numbers).join(", ")} ms)${part}`;
}

function faultText({ kind, delay, ...details }) {
  const words = Object.entries(details).map(([name, value]) =>
    value === true ? name : `${name} ${[value].flat().join("/")}`,
  );
  // Of a delay the time says it all, of a status the number does.
  const what = kind === "delay" || kind === "status" ? words : [kind, ...words];
  return [what.join(", "), delayText(delay)].filter((text) => text !== "").join("; ");
}

function matchText({ probability, ...match } = {}) {
  const parts = Object.entries(match).map(([name, value]) => {
    const range = typeof value === "object" && !Array.isArray(value);
    const text = range ? `${value.from ?? 1} to ${value.to ?? "∞"}` : [value].flat().join(", ");
    return name === "listener" ? text : `${name} ${text}`;
  });
  if (probability !== undefined) parts.push(percent(probability));
  return parts.length === 0 ? "all requests" : parts.join("; ");
}

function ruleText({ match, fault, oneOf }) {
  const faults = oneOf?.map(({ share, fault: one }) => `${percent(share)} ${faultText(one)}`);
  return `${matchText(match)} → ${faults?.join("; ") ?? faultText(fault)}`;
}

function showRules({ rules, limits }) {
  const shown = JSON.stringify([rules, limits]);
  // Drawn anew only when something changed: a switch must not lose the focus.
  if (shown === state.rulesShown) return;
  state.rulesShown = shown;
  const focused = document.activeElement?.getAttribute("data-rule");
  element("rules").replaceChildren(...rules.map(ruleItem));
  element("no-rules").hidden = rules.length > 0;
  const names = Object.keys(limits);
  element("limits").hidden = names.length === 0;
  element("limits").textContent = `Limits: ${names.map((name) => `${name} ${limits[name]}`).join(", ")}`;
  if (focused) document.querySelector(`[data-rule="${CSS.escape(focused)}"]`)?.focus();
}

function ruleItem(rule) {
  const input = make("input", { type: "checkbox", role: "switch", "data-rule": rule.name });
  input.checked = rule.enabled !== false;
  input.addEventListener("change", () => {
    const path = `rules/${encodeURIComponent(rule.name)}`;
    attempt(async () => showRules(await send(path, "PATCH", { enabled: input.checked })));
  });
  const name = make("span", { class: "name", text: rule.name });
  const what = make("span", { class: "what", text: ruleText(rule) });
  return make("li", {}, [make("label", {}, [input, name, what])]);
}

// Traffic

function showStats({ listeners }) {
  const now = performance.now();
  const rows = Object.entries(listeners).map(([label, stats]) => {
    const before = state.previous?.listeners[label]?.requests ?? stats.requests;
    const seconds = (now - (state.previous?.at ?? now)) / 1000 || 1;
    const faults = Object.values(stats.faults).reduce((sum, count) => sum + count, 0);
    const cells = [
      stats.requests,
      Math.round(Math.max(0, stats.requests - before) / seconds),
      faults,
      stats.concurrentRequests,
      stats.peakConcurrentRequests,
      `${stats.openConnections} open, ${stats.newConnections} new`,
      Math.round(stats.bodyBytes / 1024),
    ];
    const head = make("th", { scope: "row", text: label });
    return make("tr", {}, [head, ...cells.map((text) => make("td", { text: String(text) }))]);
  });
  state.previous = { listeners, at: now };
  document.querySelector("#listeners tbody").replaceChildren(...rows);
}

function showRecent({ entries }) {
  const rows = entries.reverse().map((entry) => {
    const fault = entry.fault === undefined ? "" : `${entry.fault} (${entry.rule})`;
    const cells = [
      entry.number,
      entry.listener,
      `${entry.method} ${entry.path}`,
      entry.attempt,
      entry.status === 0 ? (entry.outcome === "open" ? "…" : "none") : entry.status,
      fault,
      entry.outcome === "open" ? "…" : entry.durationMs,
    ];
    const attributes = fault === "" ? {} : { class: "faulty" };
    return make(
      "tr",
      attributes,
      cells.map((text) => make("td", { text: String(text) })),
    );
  });
  document.querySelector("#recent tbody").replaceChildren(...rows);
}

// Gallery

function loadFlags() {
  const load = (state.load += 1);
  const origin = element("listener").value;
  const counts = { loaded: 0, failed: 0 };
  const tell = () => {
    const failed = counts.failed === 0 ? "" : `, ${counts.failed} failed`;
    element("loaded").textContent = `${counts.loaded} of ${state.flags.length} loaded${failed}`;
  };
  const items = state.flags.map(({ code, country }) => {
    const lower = code.toLowerCase();
    const image = make("img", { alt: `Flag of ${country}`, width: "320", height: "240" });
    const failure = make("span", { class: "state" });
    const item = make("li", { "data-code": code }, [
      image,
      make("span", {}, [make("b", { text: code }), ` ${country} `, failure]),
    ]);
    const settled = (name) => {
      if (load !== state.load) return;
      counts[name] += 1;
      item.className = name;
      if (name === "failed") failure.textContent = "failed";
      tell();
    };
    image.addEventListener("load", () => settled("loaded"));
    image.addEventListener("error", () => settled("failed"));
    // Another query each time: the browser must not answer from its cache.
    image.src = `${origin}/flags/${lower}/${lower}.gif?load=${Date.now()}`;
    return item;
  });
  element("gallery").replaceChildren(...items);
  tell();
}

// Wiring

async function attempt(action) {
  try {
    await action();
    connection.textContent = state.paused ? "Paused" : "Live";
    connection.className = "";
  } catch (error) {
    connection.textContent = `No answer: ${error.message}`;
    connection.className = "faulty";
  }
}

async function poll() {
  if (!state.paused) {
    await attempt(async () => {
      const [rules, stats, journal] = await Promise.all([
        api("rules"),
        api("stats"),
        api(`journal?limit=${RECENT}`),
      ]);
      showRules(rules);
      showStats(stats);
      showRecent(journal);
    });
  }
  setTimeout(poll, POLL_MS);
}

element("pause").addEventListener("click", ({ currentTarget }) => {
  state.paused = !state.paused;
  currentTarget.setAttribute("aria-pressed", String(state.paused));
  connection.textContent = state.paused ? "Paused" : "Live";
});
element("reset").addEventListener("click", () =>
  attempt(async () => showRules(await send("reset", "POST"))),
);
element("source").addEventListener("submit", (event) => {
  event.preventDefault();
  loadFlags();
});
element("listener").addEventListener("change", loadFlags);

await attempt(async () => {
  const [flags, { listeners }] = await Promise.all([api("flags"), api("stats")]);
  state.flags = flags;
  // First this page's own flags: whoever looks at it takes no attempts away from a test, and stands in no journal.
  const own = make("option", { value: "", text: "this page, not counted" });
  const options = Object.entries(listeners).map(([label, { origin }]) =>
    make("option", { value: origin, text: `${label} ${origin}` }),
  );
  element("listener").replaceChildren(own, ...options);
  loadFlags();
});
void poll();
