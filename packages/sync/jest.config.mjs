// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

// In the ordinary environment of jest, as in the projects of others: its realm is not that of Node.
export default jestConfig({ testTimeout: 600_000 });
