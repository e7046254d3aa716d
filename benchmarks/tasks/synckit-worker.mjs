import { runAsWorker } from "synckit";
import functions from "./functions.cjs";

runAsWorker((name, arg) => functions[name](arg));
