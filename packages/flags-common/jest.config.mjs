import { spawnSync } from "node:child_process";
// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes(
  "util-linux",
);
if (!hasScript) {
  console.error(
    "flags-common: `script` of util-linux was not found; the tests of the progress bar on a terminal were not run",
  );
}

export default jestConfig({
  ...(hasScript ? {} : { testPathIgnorePatterns: ["/report/progress\\.test"] }),
});
