import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { chromium, type Browser, type Page } from "playwright-core";

import { FLAG_COUNTRY_CODES, startFlagServer, type FlagServer } from "../../src/index.js";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../../jest.where.mjs";
import { findChromium } from "../support/chromium.mjs";

let browser: Browser;
const open: AsyncDisposable[] = [];

beforeAll(async () => {
  const executablePath = findChromium() ?? "";
  // Its sandbox wants rights that a container seldom gives; the only pages it sees are ours.
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

afterAll(async () => {
  await browser.close();
});

interface Visit {
  readonly page: Page;
  readonly server: FlagServer;
  /** What the browser complained about, but for images that a fault kept away. */
  readonly complaints: readonly string[];
}

async function visit(): Promise<Visit> {
  const server = await startFlagServer({
    port: 0,
    control: true,
    delayMs: 1,
    graceMs: 0,
    rules: [
      {
        name: "too-busy",
        enabled: false,
        match: { codes: ["BR"] },
        fault: { kind: "status", status: 503 },
      },
      { name: "markup", match: { path: "/<b>" }, fault: { kind: "html", body: "<i>x</i>" } },
    ],
  });
  open.push(server);
  const page = await browser.newPage();
  open.push({ [Symbol.asyncDispose]: () => page.close() });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (!/Failed to load resource.*(503|CONTENT_LENGTH)/.test(text)) complaints.push(text);
  });
  await page.goto(server.controlUrl ?? "");
  await loaded(page, /^194 of 194 loaded$/);
  return { page, server, complaints };
}

/** Waits until the line above the flags says so. */
async function loaded(page: Page, text: RegExp): Promise<void> {
  await page.locator("#loaded").filter({ hasText: text }).waitFor();
}

describeWhere(findChromium() !== undefined, "the page in a browser", "there is no Chromium", () => {
  test("shows all flags, each with the name of its country", async () => {
    const { page, server, complaints } = await visit();
    expect(await page.title()).toBe("Flag server");
    expect(await page.getByRole("img").count()).toBe(FLAG_COUNTRY_CODES.length);
    expect(await page.getByRole("img", { name: "Flag of Brazil" }).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    expect(server.journal()).toEqual([]);
  });

  test("looks on: it takes no attempts away, counts nothing and fills no journal", async () => {
    const { page, server } = await visit();
    await page.reload();
    await loaded(page, /^194 of 194 loaded$/);
    await page.getByRole("button", { name: "Load all again" }).click();
    await loaded(page, /^194 of 194 loaded$/);
    for (const stats of Object.values(server.stats())) {
      expect(stats).toMatchObject({ requests: 0, newConnections: 0 });
    }
    expect((await fetch(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(200);
    expect(server.journal()).toMatchObject([{ number: 1, attempt: 1, connection: 1 }]);
  });

  test("takes a token from behind the # of its address", async () => {
    const controlToken = "0123456789abcdef";
    const server = await startFlagServer({ port: 0, listeners: ["LOCAL"], controlToken });
    open.push(server);
    const page = await browser.newPage();
    open.push({ [Symbol.asyncDispose]: () => page.close() });
    await page.goto(`${server.controlUrl}`);
    await page.getByText(/^No answer: the request needs the token/).waitFor();
    await page.goto("about:blank");
    await page.goto(`${server.controlUrl}#token=${controlToken}`);
    await loaded(page, /^194 of 194 loaded$/);
    expect(await page.getByRole("status").first().textContent()).toBe("Live");
  });

  test("has landmarks that can be told apart by their names", async () => {
    const { page } = await visit();
    const names = await page.evaluate<string[]>(LANDMARKS);
    expect(names.length).toBeGreaterThan(4);
    expect([...new Set(names)]).toEqual(names);
  });

  test("a switch puts a fault in force, and the next load shows its effect", async () => {
    const { page, server } = await visit();
    const toggle = page.getByRole("switch", { name: /too-busy/ });
    expect(await toggle.isChecked()).toBe(false);
    await toggle.check();
    await page.getByRole("switch", { name: /too-busy/, checked: true }).waitFor();
    // By keyboard, as the load is meant to be reached too.
    await page.getByRole("combobox").selectOption(server.origins.LOCAL);
    await loaded(page, /^193 of 194 loaded, 1 failed$/);
    await page.getByRole("button", { name: "Load all again" }).press("Enter");
    await loaded(page, /^193 of 194 loaded, 1 failed$/);
    expect(server.rules[0]).toMatchObject({ name: "too-busy", enabled: true });
    expect(await page.locator("[data-code=BR]").textContent()).toBe("BR Brazil failed");
    expect(server.journal({ rule: "too-busy" })).toMatchObject([
      { status: 503, attempt: 1 },
      { status: 503, attempt: 2 },
    ]);
  });

  test("shows the traffic of other clients while it is open", async () => {
    const { page, server } = await visit();
    await fetch(`${server.urls.ERROR}/zz/zz.gif`, { method: "HEAD" });
    const row = page.getByRole("row", { name: /ERROR HEAD \/flags\/zz\/zz\.gif/ });
    await row.waitFor();
    expect(await page.locator("#listeners tbody tr").count()).toBe(3);
  });

  test("follows rules that others change, and a reset puts them back", async () => {
    const { page, server } = await visit();
    server.setRules([]);
    await page.getByText("There are no rules").waitFor();
    await page.getByRole("button", { name: "Reset rules and counts" }).click();
    await page.getByRole("switch", { name: /too-busy/ }).waitFor();
    expect(server.journal()).toEqual([]);
  });

  test("loads the flags of another listener", async () => {
    const { page, server } = await visit();
    await page.getByRole("combobox").selectOption(server.origins.ERROR);
    await page.locator("#gallery li[class]").nth(193).waitFor();
    const failed = await page.locator("#gallery .failed").count();
    const errors = server.journal({ listener: "ERROR" }).filter(({ status }) => status >= 500);
    expect([failed > 0, failed]).toEqual([true, errors.length]);
  });

  test("pauses when asked to, and says when the server is gone", async () => {
    const { page, server } = await visit();
    await page.getByRole("button", { name: "Pause" }).click();
    expect(await page.getByRole("status").first().textContent()).toBe("Paused");
    await page.getByRole("button", { name: "Pause" }).click();
    await server.stop();
    await page.getByText(/^No answer: /).waitFor();
  });

  test("can be read in light and dark colours, by name and in a narrow window", async () => {
    const { page } = await visit();
    for (const [colorScheme, ground] of [
      ["light", "rgb(246, 247, 249)"],
      ["dark", "rgb(18, 22, 27)"],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(ground);
      const contrasts = await page.evaluate<[text: string, contrast: number][]>(CONTRASTS);
      expect(contrasts.length).toBeGreaterThan(30);
      // WCAG 2.2, 1.4.3: 4.5 for text of this size.
      expect(contrasts.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
    }
    const unnamed = await page.evaluate(
      "[...document.querySelectorAll('button, input, select')].filter((one) => !(one.labels?.[0] ?? one).textContent.trim()).length",
    );
    expect(unnamed).toBe(0);
    const levels = await page.evaluate(
      "[...document.querySelectorAll('h1, h2, h3')].map((one) => one.tagName)",
    );
    expect(levels).toEqual(["H1", "H2", "H2", "H3", "H2"]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
  });
});

/** Runs in the page: the role and the name of each landmark, as axe's rule landmark-unique compares them. */
const LANDMARKS = `[...document.querySelectorAll(
  "header, main, nav, aside, footer, section[aria-labelledby], [role=region]")]
  .map((one) => [one.getAttribute("role") ?? one.tagName.replace("SECTION", "region").toLowerCase(),
    document.getElementById(one.getAttribute("aria-labelledby"))?.textContent.trim()].join(" "))`;

/** Runs in the page: the contrast of each text with the nearest ground behind it, as WCAG defines it. */
const CONTRASTS = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parse(color).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    const color = getComputedStyle(one).backgroundColor;
    return (parse(color)[3] ?? 1) > 0 || !one.parentElement ? color : ground(one.parentElement);
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.tagName !== "NOSCRIPT" && one.checkVisibility())
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
    .map((one) => {
      const [light, dark] = [getComputedStyle(one).color, ground(one)].map(luminance).sort((a, b) => b - a);
      return [one.textContent.trim().slice(0, 30), (light + 0.05) / (dark + 0.05)];
    });
})()`;
