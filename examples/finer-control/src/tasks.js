// What the threads of all programs here run. Each thread loads this module, and so @concur/sync.
import { defineTasks } from "@concur/pool";
import "@concur/sync";

/** Adds up what comes out of a queue, until it is closed and empty. */
async function consume(queue) {
  let sum = 0;
  for await (const item of queue) sum += item;
  return sum;
}

function dine(forks, place, meals) {
  // Everybody takes the fork with the lower number first, so there is no circle of philosophers who wait for one another.
  const [first, second] = [place, (place + 1) % forks.length].sort((a, b) => a - b);
  for (let meal = 0; meal < meals; meal += 1) {
    const left = forks[first].acquireSync();
    const right = forks[second].acquireSync();
    right.release();
    left.release();
  }
  return meals;
}

async function download(url, limit) {
  return await limit.run(async () => {
    const response = await fetch(url);
    return (await response.text()).length;
  });
}

function read(lock, pair, times) {
  let torn = 0;
  for (let n = 0; n < times; n += 1) {
    const guard = lock.acquireReadSync();
    if (pair.view[0] !== pair.view[1]) torn += 1;
    guard.release();
  }
  return torn;
}

function write(lock, pair, times) {
  for (let n = 0; n < times; n += 1) {
    const guard = lock.acquireWriteSync();
    pair.view[0] += 1;
    pair.view[1] += 1;
    guard.release();
  }
}

/** One party of a prefix sum: each step adds what stands `2 ** step` places before, for all of them at once. */
function addPrefixes(numbers, sums, barrier, from, to) {
  let [source, target] = [numbers.view, sums.view];
  for (let distance = 1; distance < source.length; distance *= 2) {
    for (let at = from; at < to; at += 1) {
      target[at] = source[at] + (at >= distance ? source[at - distance] : 0);
    }
    barrier.waitSync();
    [source, target] = [target, source];
  }
  return source === sums.view;
}

defineTasks(import.meta.url, { addPrefixes, consume, dine, download, read, write });
export { addPrefixes, consume, dine, download, read, write };
