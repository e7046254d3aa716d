// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

// The limit is for what hangs: no machine may be too slow.
export default jestConfig({ testTimeout: 600_000 });
