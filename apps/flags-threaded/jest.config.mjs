// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

// The tests mostly wait for programs that they start.
export default jestConfig({ maxWorkers: 2 });
