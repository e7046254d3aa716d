import { describe } from "@jest/globals";
import { describeAbort } from "./abort.js";
import { describeAsyncArguments } from "./async-arguments.js";
import { describeAsyncContext } from "./async-context.js";
import { describeBlocks } from "./blocks.js";
import { describeCancel } from "./cancel.js";
import { describeCapacity } from "./capacity.js";
import { describeFailures } from "./failures.js";
import { describeLimits } from "./limits.js";
import { describeMap } from "./map.js";
import { describeBufferedMap } from "./map-buffered.js";
import { describeMapEnds } from "./map-ends.js";
import { describeMapOfFailingInput } from "./map-failing-input.js";
import { describeMapInputs } from "./map-inputs.js";
import { describeMapProperties } from "./map-properties.js";
import { describeMapAndShutdown } from "./map-shutdown.js";
import { describeOptions } from "./options.js";
import { describePrograms } from "./programs.js";
import { describeQueueLimit } from "./queue-limit.js";
import { describeReferences } from "./references.js";
import { describeShutdown } from "./shutdown.js";
import { describeStream } from "./stream.js";
import type { Subject } from "./subject.js";
import { describeSubmit } from "./submit.js";
import { describeTerminate } from "./terminate.js";
import { Workbench } from "./workbench.js";

/**
 * Tests what every executor promises, whatever its workers are.
 *
 * The tests know nothing of the kind but what its subject tells: they call tasks that a worker can load by itself,
 * hold calls back by files, and share nothing with them.
 */
export function describeExecutorContract(subject: Subject): void {
  describe(`${subject.name} keeps the contract of executors`, () => {
    const bench = new Workbench(subject);
    describeSubmit(bench);
    describeReferences(bench);
    describeFailures(bench);
    describeCancel(bench);
    describeAbort(bench);
    describeOptions(bench);
    describeLimits(bench);
    describeMap(bench);
    describeMapInputs(bench);
    describeBufferedMap(bench);
    describeMapEnds(bench);
    describeMapOfFailingInput(bench);
    describeMapAndShutdown(bench);
    describeMapProperties(bench);
    describeShutdown(bench);
    describeTerminate(bench);
    describeBlocks(bench);
    describeCapacity(bench);
    describeAsyncContext(bench);
    describeQueueLimit(bench);
    describePrograms(bench);
    describeStream(bench);
    describeAsyncArguments(bench);
  });
}
