import { concurContender } from "../lib/concur.mjs";

export default concurContender("concur, spin: false", false);
