// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";
import { findChromium } from "./test/fixtures/chromium.mjs";

const hasChromium = findChromium() !== undefined;
if (!hasChromium) {
  console.error(
    "cli-bench: no Chromium was found; the test of the report in a browser was not run",
  );
}

export default jestConfig(hasChromium ? {} : { testPathIgnorePatterns: ["/test/browser/"] });
