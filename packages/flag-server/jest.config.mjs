// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

// Most of these tests wait for clocks and sockets: beside one another they take half the time.
// The limit is for what hangs: no machine may be too slow.
export default jestConfig({ maxWorkers: 2, testTimeout: 600_000 });
