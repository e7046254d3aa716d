// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";
import { findChromium } from "./test/support/chromium.mjs";

const hasChromium = findChromium() !== undefined;
if (!hasChromium) {
  console.error(
    "flag-server: no Chromium was found; the tests of its page in a browser were not run",
  );
}

export default jestConfig({
  ...(hasChromium ? {} : { testPathIgnorePatterns: ["/test/browser/"] }),
});
