import { parseArgs } from "node:util";
import { cases, kindOf } from "../cases/index.mjs";
import { contenderIds } from "../contenders/index.mjs";

export const USAGE = `Usage: node run.mjs [options]

  --case <ids>        cases to run, separated by commas (default: all warm ones; quick: all but the slow)
  --cold              the cases in which each measurement is a whole program, instead of the warm ones
  --only <kind>       the cases of "threads" or of "processes" (default: both)
  --contenders <ids>  contenders to run (default: all that are there)
  --workers <counts>  numbers of workers, such as 1,2,4 (default: each case's own)
  --rounds <count>    processes per contender and setting (default: 3; quick: 1)
  --quick             short: to see whether it works, not how fast
  --help              this text

Cases: ${cases.map(({ id }) => id).join(", ")}
Contenders: ${contenderIds.join(", ")}`;

const KINDS = ["threads", "processes"];

function list(text, known, option) {
  const ids = text.split(",");
  for (const id of ids) {
    if (!known.includes(id)) throw new RangeError(`${option}: there is no '${id}'`);
  }
  return ids;
}

function count(text, option) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new RangeError(`${option} takes whole numbers from 1, not '${text}'`);
  }
  return number;
}

/** Reads the command line; throws TypeError or RangeError when it cannot be understood. */
export function parseOptions(args) {
  const { values } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : args,
    options: {
      case: { type: "string" },
      only: { type: "string" },
      contenders: { type: "string" },
      workers: { type: "string" },
      rounds: { type: "string" },
      cold: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const kinds = values.only === undefined ? KINDS : list(values.only, KINDS, "--only");
  const chosen = cases.filter((one) => kinds.includes(kindOf(one)));
  const caseIds = chosen.map(({ id }) => id);
  return {
    help: values.help,
    quick: values.quick,
    caseIds:
      values.case === undefined
        ? chosen
            .filter(({ slow, cold = false }) => cold === values.cold && !(values.quick && slow))
            .map(({ id }) => id)
        : list(values.case, caseIds, "--case"),
    contenderIds:
      values.contenders === undefined
        ? contenderIds
        : list(values.contenders, contenderIds, "--contenders"),
    workers: values.workers?.split(",").map((text) => count(text, "--workers")),
    rounds: values.rounds === undefined ? (values.quick ? 1 : 3) : count(values.rounds, "--rounds"),
  };
}
