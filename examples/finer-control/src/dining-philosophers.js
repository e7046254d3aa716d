// Five philosophers, five forks, two forks for a meal; nobody starves.
import { ThreadPoolExecutor } from "@concur/pool";
import { Lock } from "@concur/sync";
import { dine } from "./tasks.js";

const PHILOSOPHERS = 5;

const executor = new ThreadPoolExecutor({ maxWorkers: PHILOSOPHERS });
const forks = Array.from({ length: PHILOSOPHERS }, () => new Lock());
const dinners = forks.map((_, place) => executor.run(dine, forks, place, 200));
const meals = await Promise.all(dinners);
console.log(`meals: ${meals.join(" ")}`);
await executor.shutdown();
