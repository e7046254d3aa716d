import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

// What the licence asks of copies: its whole text.
const licence = readFileSync("node_modules/chart.js/LICENSE.md", "utf8").trim();

/** The script of the HTML report: one file for the browser, with the charting library and its notice in it. */
export default defineConfig({
  entry: { "report-client": "client/report-client.ts" },
  format: ["iife"],
  outExtension: () => ({ js: ".js" }),
  target: "es2022",
  platform: "browser",
  minify: true,
  noExternal: [/./],
  clean: false,
  banner: { js: `/*! Contains Chart.js and @kurkle/color.\n${licence}\n*/` },
  esbuildOptions(options) {
    options.legalComments = "inline";
  },
});
