// Tasks that give, throw and report what cannot be sent.
import { defineTasks } from "@concur/pool";
import { currentTask } from "@concur/pool/worker";
import { UNSENDABLE } from "./odd-values.mjs";

export const { giveOdd, giveBare, throwOdd, reportOdd } = defineTasks(import.meta.url, {
  giveOdd(name) {
    return [UNSENDABLE[name]()];
  },
  giveBare(name) {
    // A promise would be waited for.
    return name === "a promise" ? [UNSENDABLE[name]()] : UNSENDABLE[name]();
  },
  throwOdd(name) {
    throw UNSENDABLE[name]();
  },
  reportOdd(name) {
    try {
      currentTask().report(UNSENDABLE[name]());
      return "reported";
    } catch (error) {
      return error.code;
    }
  },
});
