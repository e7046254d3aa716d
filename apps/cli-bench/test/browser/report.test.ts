import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { chromium, type Browser } from "playwright-core";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../../jest.where.mjs";
import { findChromium } from "../fixtures/chromium.mjs";
import { runProgram } from "../fixtures/program.js";

describeWhere(findChromium() !== undefined, "the page in a browser", "there is no Chromium", () => {
  let browser: Browser;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    // Its sandbox wants rights that a container seldom gives; the only page it sees is ours.
    const args = ["--no-sandbox", "--disable-gpu"];
    browser = await chromium.launch({ executablePath: findChromium() ?? "", args });
    folder = await mkdtemp(join(tmpdir(), "cli-bench-page-"));
    const file = join(folder, "report.html");
    const executors = ["-w", "1,2", "-x", "inline,async,thread,process"];
    const few = ["--scale", "0.01", "-n", "2", "--warm-up", "0"];
    await runProgram("compare", "sieve,wait", ...executors, ...few, "--html", file);
    url = pathToFileURL(file).href;
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page, and notes what it asks for and what goes wrong in it. */
  async function openPage(colorScheme: "light" | "dark", width = 1200) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => troubles.push(message.text()));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(request.url());
    });
    await page.goto(url);
    return { page, troubles, [Symbol.asyncDispose]: () => page.close() };
  }

  /** Counts the colours on each canvas: one that was not drawn on has a single one. */
  const COLORS_PER_CANVAS = `[...document.querySelectorAll("canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})`;

  const lightness = (css: string): number => {
    const numbers = css.match(/\d+/g) ?? [];
    return numbers.slice(0, 3).reduce((sum, number) => sum + Number(number), 0);
  };

  describe.each(["light", "dark"] as const)("the page in %s", (scheme) => {
    test("draws every chart, without trouble and without asking for anything", async () => {
      await using opened = await openPage(scheme);
      const { page, troubles } = opened;
      const colors = await page.evaluate<number[]>(COLORS_PER_CANVAS);
      expect(colors).toHaveLength(5);
      for (const count of colors) expect(count).toBeGreaterThan(3);
      expect(troubles).toEqual([]);
    });

    test("has text that stands out", async () => {
      await using opened = await openPage(scheme);
      const style = "getComputedStyle(document.body)";
      const text = lightness(await opened.page.evaluate<string>(`${style}.color`));
      const back = lightness(await opened.page.evaluate<string>(`${style}.backgroundColor`));
      expect(scheme === "light" ? back - text : text - back).toBeGreaterThan(500);
    });
  });

  test("another case can be chosen for the timeline", async () => {
    await using opened = await openPage("light");
    const { page, troubles } = opened;
    expect(await page.locator("#case option").count()).toBe(14);
    const picture = `document.querySelector("[data-chart=timeline]").toDataURL()`;
    const before = await page.evaluate<string>(picture);
    await page.selectOption("#case", "sieve, inline");
    expect(await page.evaluate<string>(picture)).not.toBe(before);
    expect(troubles).toEqual([]);
  });

  test("the charts follow a change from light to dark", async () => {
    await using opened = await openPage("light");
    const { page, troubles } = opened;
    const picture = `document.querySelector("[data-chart=timeline]").toDataURL()`;
    const before = await page.evaluate<string>(picture);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForFunction(`${picture} !== ${JSON.stringify(before)}`);
    const pageColor = `getComputedStyle(document.documentElement).getPropertyValue("--page")`;
    expect(await page.evaluate<string>(pageColor)).toBe("#12161c");
    expect(troubles).toEqual([]);
  });

  test("a narrow window needs no scrolling sideways", async () => {
    await using opened = await openPage("light", 380);
    expect(await opened.page.evaluate<number>("document.documentElement.scrollWidth")).toBe(380);
  });
});
