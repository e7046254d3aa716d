// The cases in which each measurement is a whole program, from its first line to the result.
import { coldBurst, coldFirstCalls, coldObjects } from "./burst.mjs";
import { coldMap, coldMapInputs, coldProcessMap } from "./map.mjs";
import { coldOneCall, coldProcessOneCall } from "./one-call.mjs";
import { coldRealWork } from "./real-work.mjs";
import { coldShortCalls } from "./short-calls.mjs";
import { coldImport, coldStartUp } from "./start-up.mjs";
import { coldStream } from "./stream.mjs";

export const coldCases = [
  coldImport,
  coldOneCall,
  coldStartUp,
  coldShortCalls,
  coldBurst,
  coldObjects,
  coldFirstCalls,
  coldMap,
  coldMapInputs,
  coldStream,
  coldRealWork,
  coldProcessOneCall,
  coldProcessMap,
];
