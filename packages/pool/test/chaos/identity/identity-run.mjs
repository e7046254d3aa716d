// One program of chance: calls that carry their identity, and callbacks of every kind that act on the executor.
import { subscribe, tracingChannel, unsubscribe } from "node:diagnostics_channel";
import { inspect, isDeepStrictEqual } from "node:util";
import FakeTimers from "@sinonjs/fake-timers";
import { inlineTask } from "@concur/pool";
import { UNSENDABLE } from "../../adversarial/lib/odd-values.mjs";
import { sleep, turn, within } from "../../lib/clocks.mjs";
import { Random } from "../../lib/random.mjs";
import { carriers, makeShared } from "./carriers.mjs";
import * as tasks from "./tasks.mjs";

/** So long nothing may settle while something is open. */
const STALLED_MS = Number(process.env.CONCUR_HANG_MS ?? 120_000);
const TICKS = ["nextTick", "Intl"];
const fakeable = Object.keys(FakeTimers.timers).filter((name) => !TICKS.includes(name));
const inlineSee = inlineTask((...args) => ({ saw: args, inline: true }));

/** Options by chance, and what may therefore happen to a call. */
function drawWorld(random, kind) {
  const workers = kind.name === "threads" || kind.name.startsWith("processes");
  const isThread = kind.name === "threads";
  // Processes are slow to start: they get fewer calls, and are replaced less often.
  const light = workers && !isThread;
  return {
    steps: random.int(15, 60),
    budget: light ? random.int(100, 700) : random.int(200, 2500),
    copies: kind.copies,
    workers,
    deadly: workers && random.chance(0.25),
    hostile: workers && random.chance(0.5),
    fakes: random.chance(0.3),
    traced: random.chance(0.2),
    stops: random.chance(0.6),
    /** How often a callback acts. */
    nosy: random.pick([0, 0.05, 0.2, 0.4]),
    ending: random.pick([
      "shutdown",
      "shutdown",
      "shutdown",
      "cancel",
      "terminate",
      "kill",
      "hurry",
    ]),
    endsInCallback: random.chance(0.25),
    options: {
      maxWorkers: random.pick([1, 1, 2, 3]),
      concurrencyPerWorker: random.pick([1, 1, 1, 2, 8]),
      killAfterMs: random.pick(light ? [0, 50, 1000, 1000] : [0, 0, 5, 50, 1000]),
      maxTasksPerWorker: random.chance(light ? 0.15 : 0.4) ? random.pick([30, 150]) : undefined,
      idleTimeoutMs: random.chance(light ? 0.15 : 0.5) ? random.pick([0, 5]) : undefined,
      spin: random.pick(["adaptive", "worker", false]),
      maxQueue: random.chance(0.1) ? random.int(0, 50) : undefined,
    },
  };
}

export class IdentityRun {
  #random;
  #world;
  #kind;
  #executor;
  #shared = makeShared();
  #entries = [];
  #side = [];
  #complaints = [];
  #nextId = 1;
  #settled = 0;
  #ended;
  #endCode;
  #clock;
  #depth = 0;
  #workers = new Set();
  #tracers;
  #items = 0;
  /** Whether a stream was left early, which stops its call as an abort does. */
  #left = false;

  constructor(seed, kind) {
    this.seed = seed;
    this.#kind = kind;
    this.#random = new Random(seed);
    this.#world = drawWorld(this.#random, kind);
  }

  describe() {
    const { options, ...world } = this.#world;
    return `${inspect({ ...world, ...options }, { breakLength: Infinity })}; ${this.#entries.length} calls`;
  }

  async run() {
    const subscriptions = [
      ["worker_threads", ({ worker }) => this.#watch(worker)],
      ["child_process", ({ process: child }) => this.#watch(child)],
      ["concur:worker", () => this.#maybeAct(0.3)],
    ];
    for (const [channel, listener] of subscriptions) subscribe(channel, listener);
    if (this.#world.traced) this.#trace();
    this.#executor = this.#kind.make({
      ...this.#world.options,
      onConsole: ({ text }) => this.#hear(text),
    });
    try {
      for (let step = 0; step < this.#world.steps && this.#ended === undefined; step += 1) {
        this.#guarded(() => this.#act());
        await this.#pause();
      }
      if (this.#ended === undefined && this.#random.chance(0.5))
        await this.#allSettled("the calls");
      this.#end();
      await this.#allSettled("the calls after the end");
      await within(STALLED_MS, "the end of the executor", Promise.allSettled([this.#ended]));
      await within(STALLED_MS, "shutdown()", this.#executor.shutdown());
      await this.#judge();
    } catch (error) {
      this.#complain(error.message);
    } finally {
      this.#clock?.uninstall();
      for (const [channel, listener] of subscriptions) unsubscribe(channel, listener);
      if (this.#tracers !== undefined) tracingChannel("concur:call").unsubscribe(this.#tracers);
    }
    return this.#complaints;
  }

  #complain(text) {
    this.#complaints.push(text);
  }

  #watch(worker) {
    this.#workers.add(worker);
    worker.once("exit", () => this.#workers.delete(worker));
  }

  #trace() {
    const nosy = () => this.#maybeAct(0.02);
    this.#tracers = { start: nosy, end: nosy, asyncStart: nosy, asyncEnd: nosy, error: nosy };
    tracingChannel("concur:call").subscribe(this.#tracers);
  }

  #hear(text) {
    if (!/^chaos \d+ \d+$/.test(text)) this.#complain(`a line of nobody: ${text}`);
    this.#maybeAct();
  }

  /** Acts from within a callback, sometimes. */
  #maybeAct(probability = this.#world.nosy) {
    // While the end is judged, or deep within acts of acts, nothing more is begun.
    if (this.#depth > 2 || !this.#random.chance(probability)) return;
    this.#guarded(() => {
      if (this.#world.endsInCallback && this.#random.chance(0.03)) this.#end();
      else this.#act();
    });
  }

  #guarded(act) {
    this.#depth += 1;
    try {
      act();
    } catch (error) {
      const code = error?.code;
      const mayRefuse =
        (code === "CONCUR_SHUTDOWN" && this.#ended !== undefined) ||
        (code === "CONCUR_QUEUE_FULL" && this.#world.options.maxQueue !== undefined) ||
        // An executor that cannot start a worker any more says so at the call.
        (code === "CONCUR_BROKEN" && this.#world.deadly);
      if (!mayRefuse) this.#complain(`thrown at a call: ${error?.stack ?? error}`);
    } finally {
      this.#depth -= 1;
    }
  }

  #act() {
    const random = this.#random;
    const deeds = [
      { weight: 10, do: () => this.#burst(random.pick([1, 1, 5, 20, 70, 200, 1000])) },
      { weight: 3, do: () => this.#map() },
      { weight: 2, do: () => this.#stream() },
      { weight: 1, do: () => this.#broadcast() },
      { weight: 2, do: () => this.#gather() },
      { weight: this.#world.stops ? 3 : 0, do: () => this.#stopSome() },
      { weight: this.#world.fakes ? 2 : 0, do: () => this.#toggleClock() },
      { weight: this.#world.deadly ? 0.5 : 0, do: () => this.#killOne() },
    ];
    random.weighted(deeds).do();
  }

  #take(count) {
    const taken = Math.min(count, Math.max(0, this.#world.budget));
    this.#world.budget -= taken;
    return taken;
  }

  #drawArgs(id) {
    const usable = this.#world.copies ? carriers : carriers.filter(({ copies }) => !copies);
    return this.#random.weighted(usable).make(id, this.#shared);
  }

  #burst(count) {
    const random = this.#random;
    // Calls that are alike are sent in another way than those that are mixed.
    const only = random.chance(0.3) ? this.#drawDeed() : undefined;
    for (let left = this.#take(count); left > 0; left -= 1) this.#submit(only ?? this.#drawDeed());
  }

  #drawDeed() {
    return this.#random.weighted([
      { weight: 20, name: "see" },
      { weight: 6, name: "seeFirst" },
      { weight: 6, name: "sum" },
      { weight: 4, name: "seeLater" },
      { weight: 4, name: "fail" },
      { weight: 2, name: "failLater" },
      { weight: 3, name: "tell" },
      { weight: this.#world.workers ? 1 : 0, name: "print" },
      { weight: 2, name: "inline" },
      { weight: 1, name: "transfer" },
      { weight: this.#world.hostile ? 3 : 0, name: "hostile" },
      { weight: this.#world.hostile ? 1 : 0, name: "nosy getter" },
      { weight: this.#world.deadly ? 0.1 : 0, name: "exit" },
    ]).name;
  }

  #submit(name) {
    const random = this.#random;
    const id = this.#nextId++;
    const options = this.#drawOptions(id);
    const controller = random.chance(0.04) && this.#world.stops ? new AbortController() : undefined;
    if (controller !== undefined) options.signal = controller.signal;
    const args = this.#drawArgs(id);
    const entry = { id, name, options, settled: 0, stopped: false };
    const { task, given, expected } = this.#plan(name, id, args, options);
    entry.expected = expected;
    const to = Object.keys(options).length === 0 ? this.#executor : this.#executor.with(options);
    entry.future = to.submit(task, ...given);
    this.#entries.push(entry);
    this.#attend(entry);
    if (controller !== undefined) this.#abortLater(entry, controller);
  }

  /** What is called with what, and how it must end. */
  #plan(name, id, args, options) {
    const random = this.#random;
    const ms = random.int(0, 4);
    const own = structuredClone(args);
    const value = (of) => ({ status: "fulfilled", value: of });
    switch (name) {
      case "seeFirst":
        return { task: tasks.seeFirst, given: args, expected: value(structuredClone(own[0])) };
      case "sum":
        return { task: tasks.sum, given: [id, 0.5], expected: value(id + 0.5) };
      case "seeLater":
        return { task: tasks.seeLater, given: [ms, ...args], expected: value(tasks.see(...own)) };
      case "fail":
        return {
          task: tasks.fail,
          given: args,
          expected: { status: "rejected", carries: tasks.see(...own) },
        };
      case "failLater":
        return {
          task: tasks.failLater,
          given: [ms, ...args],
          expected: { status: "rejected", carries: tasks.see(...own) },
        };
      case "tell": {
        const count = random.int(0, 6);
        const told = [];
        // Each message finds the marks of those before it.
        for (let n = 0; n < count; n += 1)
          told.push(structuredClone({ id, n, ...tasks.look(own) }));
        return {
          task: tasks.tell,
          given: [id, count, ...args],
          expected: { ...value(id), told },
        };
      }
      case "print":
        return { task: tasks.print, given: [id, random.int(1, 6)], expected: value(id) };
      case "inline":
        return { task: inlineSee, given: args, expected: value({ saw: own, inline: true }) };
      case "transfer": {
        const bytes = new Uint8Array(random.int(1, 4000)).fill(id);
        options.transfer = [bytes.buffer];
        return {
          task: tasks.see,
          given: [id, bytes],
          expected: value(tasks.see(id, bytes.slice())),
        };
      }
      case "hostile":
        return {
          task: tasks.seeFirst,
          // Alone, too: one argument travels in other ways than two.
          given: [...(random.chance(0.5) ? args : []), random.pick(Object.values(UNSENDABLE))()],
          expected: { status: "rejected", code: "CONCUR_NOT_SERIALIZABLE" },
        };
      case "nosy getter": {
        const look = () => this.#maybeAct();
        const given = {
          get id() {
            look();
            return id;
          },
          list: [id],
        };
        return { task: tasks.see, given: [given], expected: value(tasks.see({ id, list: [id] })) };
      }
      case "exit":
        return {
          task: tasks.exit,
          given: [random.int(0, 3)],
          expected: { status: "rejected", code: "CONCUR_WORKER_CRASHED" },
        };
      default:
        return { task: tasks.see, given: args, expected: value(tasks.see(...own)) };
    }
  }

  #drawOptions(id) {
    const random = this.#random;
    const options = {};
    if (random.chance(0.06)) options.name = `call ${id}`;
    if (random.chance(0.06)) options.priority = random.int(-2, 2);
    if (random.chance(0.03)) options.timeoutMs = this.#world.stops ? random.int(0, 20) : 600_000;
    if (random.chance(0.03)) options.killAfterMs = random.pick([0, 1, 500]);
    return options;
  }

  #attend(entry) {
    const { future } = entry;
    future.addDoneCallback(() => {
      entry.settled += 1;
      this.#settled += 1;
      this.#maybeAct();
      if (this.#random.chance(0.01)) throw new Error("of a callback");
      if (this.#random.chance(0.01)) return { then: (resolve) => (this.#maybeAct(), resolve()) };
      return undefined;
    });
    let next;
    future.onProgress((value) => {
      // A call that runs within its submission has told of a part by then.
      next ??= this.#world.workers ? 0 : value.n;
      const message = entry.expected.told?.[next];
      if (message === undefined || !same(value, message)) {
        this.#complain(`${this.#show(entry)} heard ${shortly(value)} and not ${shortly(message)}`);
      }
      next += 1;
      this.#maybeAct();
    });
    if (this.#world.stops && this.#random.chance(0.03)) {
      const act = () => this.#stop(entry);
      if (this.#random.chance(0.5)) queueMicrotaskReal(act);
      else void turn().then(act);
    }
  }

  #abortLater(entry, controller) {
    controller.signal.addEventListener("abort", () => this.#maybeAct(0.2));
    void sleep(this.#random.int(0, 8)).then(() => {
      entry.stopped = true;
      controller.abort(`stop ${entry.id}`);
    });
  }

  #stop(entry) {
    if (entry.future.done()) return;
    entry.stopped = true;
    if (this.#random.chance(0.5)) entry.future.cancel();
    else entry.future.abort(`stop ${entry.id}`);
  }

  #stopSome() {
    const open = this.#entries.slice(-300).filter(({ future }) => !future.done());
    for (let left = this.#random.int(1, 10); left > 0 && open.length > 0; left -= 1) {
      this.#stop(this.#random.pick(open));
    }
  }

  #toggleClock() {
    if (this.#clock === undefined)
      this.#clock = FakeTimers.install({
        toFake: this.#random.chance(0.5) ? fakeable : [this.#random.pick(fakeable)],
      });
    else {
      this.#clock.uninstall();
      this.#clock = undefined;
    }
  }

  #killOne() {
    if (this.#workers.size === 0) return;
    const worker = this.#random.pick([...this.#workers]);
    if (typeof worker.terminate === "function") void worker.terminate();
    else worker.kill("SIGKILL");
  }

  #map() {
    const random = this.#random;
    const count = this.#take(random.int(0, random.pick([5, 40, 300])));
    const options = {};
    if (random.chance(0.5)) options.chunkSize = random.int(1, 50);
    if (random.chance(0.3)) options.bufferSize = random.int(1, 60);
    if (random.chance(0.2)) options.ordered = false;
    const pairs = random.chance(0.5);
    const alike = random.chance(0.4)
      ? random.weighted(carriers.filter(({ copies }) => this.#world.copies || !copies))
      : undefined;
    const firsts = Array.from({ length: count }, () => {
      const id = this.#nextId++;
      return { id, arg: alike === undefined ? this.#drawArgs(id) : alike.make(id, this.#shared) };
    });
    const nosy = () => this.#maybeAct(this.#world.nosy / 10);
    // The length of a list may be that of its arguments: each item is one value.
    const items = (function* () {
      for (const { arg } of firsts) {
        nosy();
        yield arg;
      }
    })();
    const ids = firsts.map(({ id }) => id);
    const expected = firsts.map(({ id, arg }) =>
      pairs ? tasks.see(structuredClone(arg), id) : tasks.see(structuredClone(arg)),
    );
    this.#items += count;
    const results = pairs
      ? this.#executor.with(options).map(tasks.see, items, ids)
      : this.#executor.with(options).map(tasks.see, items);
    const leaveAt = random.chance(0.2) ? random.int(0, count) : Infinity;
    this.#side.push(this.#readMap(results, expected, options, leaveAt));
  }

  async #readMap(results, expected, options, leaveAt) {
    const left = new Set(expected.keys());
    for (let place = 0; place < leaveAt; place += 1) {
      let step;
      try {
        step = await results.next();
      } catch (error) {
        if (!this.#mayEnd(error, { options: {}, stopped: false }))
          this.#complain(`item ${place} of a map ${inspect(options)}: ${shortly(error)}`);
        if (place > expected.length + 1) return;
        continue;
      }
      this.#settled += 1;
      if (step.done) {
        if (place < expected.length && this.#ended === undefined)
          this.#complain(`a map of ${expected.length} ended after ${place}`);
        return;
      }
      const at =
        options.ordered === false
          ? [...left].find((index) => same(step.value, expected[index]))
          : place;
      if (at === undefined || !same(step.value, expected[at])) {
        this.#complain(
          `item ${place} of a map ${inspect(options)} gave ${shortly(step.value)} and not ${shortly(expected[place])}`,
        );
      }
      left.delete(at);
    }
    await results.return();
  }

  #stream() {
    if (this.#take(1) === 0) return;
    const random = this.#random;
    const id = this.#nextId++;
    const args = this.#drawArgs(id);
    const count = random.int(0, 30);
    const expected = [...tasks.give(id, count, ...structuredClone(args))];
    const items = this.#executor
      .with(random.chance(0.3) ? { bufferSize: random.int(1, 5) } : {})
      .stream(tasks.give, id, count, ...args);
    this.#items += 1;
    this.#side.push(
      this.#readStream(items, expected, random.chance(0.3) ? random.int(0, count) : Infinity),
    );
  }

  async #readStream(items, expected, leaveAt) {
    let place = 0;
    try {
      for await (const item of items) {
        this.#settled += 1;
        if (!same(item, expected[place]))
          this.#complain(
            `item ${place} of a stream is ${shortly(item)} and not ${shortly(expected[place])}`,
          );
        place += 1;
        this.#maybeAct(this.#world.nosy / 10);
        if (place > leaveAt) {
          this.#left = true;
          return;
        }
      }
      if (place !== expected.length && this.#ended === undefined)
        this.#complain(`a stream of ${expected.length} ended after ${place}`);
    } catch (error) {
      if (!this.#mayEnd(error, { options: {}, stopped: false }))
        this.#complain(`a stream failed: ${shortly(error)}`);
    }
  }

  #broadcast() {
    const id = this.#nextId++;
    const args = this.#drawArgs(id);
    const expected = tasks.see(...structuredClone(args));
    this.#items += 100;
    const all = this.#executor.broadcast(tasks.see, ...args);
    this.#side.push(
      all.then(
        (values) => {
          this.#settled += 1;
          for (const value of values)
            if (!same(value, expected))
              this.#complain(`a broadcast of ${id} gave ${shortly(value)}`);
        },
        (error) => {
          this.#settled += 1;
          if (!this.#mayEnd(error, { options: {}, stopped: false }))
            this.#complain(`a broadcast failed: ${shortly(error)}`);
        },
      ),
    );
  }

  #gather() {
    if (this.#take(1) === 0) return;
    const id = this.#nextId++;
    const items = Array.from({ length: this.#random.int(0, 20) }, () =>
      this.#drawArgs(this.#nextId++),
    );
    const all = items.map((item) => tasks.see(structuredClone(item)));
    const nosy = () => this.#maybeAct();
    const input = {
      async *[Symbol.asyncIterator]() {
        for (const item of items) {
          nosy();
          yield item;
        }
      },
    };
    const entry = {
      id,
      name: "gather",
      options: {},
      settled: 0,
      stopped: false,
      expected: { status: "fulfilled", value: { id, all } },
    };
    entry.future = this.#executor.submit(tasks.gather, id, input);
    this.#entries.push(entry);
    this.#attend(entry);
  }

  #end() {
    if (this.#ended !== undefined) return;
    this.#endCode = this.#world.ending;
    const ways = {
      shutdown: () => this.#executor.shutdown(),
      cancel: () => this.#executor.shutdown({ cancelFutures: true }),
      terminate: () => this.#executor.terminateWorkers(),
      kill: () => this.#executor.killWorkers(),
      hurry: () => this.#executor.shutdown({ timeoutMs: 10 }),
    };
    // Callbacks may run within, and must know that it has begun.
    this.#ended = Promise.resolve();
    this.#ended = ways[this.#endCode]();
  }

  async #pause() {
    const how = this.#random.int(0, 5);
    if (how === 0) return;
    if (how === 1) await null;
    else if (how === 2) await turn();
    else if (how === 3) await sleep(this.#random.int(0, 8));
    else if (how === 4) {
      // Busy, while others end.
      const until = process.hrtime.bigint === undefined ? 0 : hrtime() + this.#random.int(0, 4);
      while (hrtime() < until);
    } else await this.#until(() => this.#open <= 40, "fewer calls");
  }

  get #open() {
    return this.#entries.reduce((open, { settled }) => open + (settled === 0 ? 1 : 0), 0);
  }

  async #allSettled(what) {
    let read = -1;
    await this.#until(() => {
      // More may be begun while one waits.
      if (read === -1 || read < this.#side.length) {
        const many = this.#side.length;
        read = Infinity;
        void Promise.all(this.#side).then(() => (read = many));
      }
      return read === this.#side.length && this.#open === 0;
    }, what);
  }

  async #until(holds, what) {
    let last = this.#settled;
    let since = hrtime();
    while (!holds()) {
      if (this.#settled !== last) [last, since] = [this.#settled, hrtime()];
      if (hrtime() - since > STALLED_MS) {
        const open = this.#entries.filter(({ settled }) => settled === 0);
        const shown = open.slice(0, 5).map((entry) => this.#show(entry));
        throw new Error(
          `waited in vain for ${what}: ${open.length} calls are open, ${JSON.stringify(this.#executor.stats())}: ${shown.join("; ")}`,
        );
      }
      await sleep(1);
    }
  }

  /** Whether a call may end with an error that is not its own. */
  #mayEnd(error, { options, stopped }) {
    const byForce = ["terminate", "kill", "hurry"].includes(this.#endCode);
    switch (error?.code) {
      case "CONCUR_CANCELLED":
        return stopped || byForce || this.#endCode === "cancel";
      case "CONCUR_TIMEOUT":
        return options.timeoutMs !== undefined;
      case "CONCUR_WORKER_CRASHED":
        // A call that does not stop takes its worker with it, and the others that run there.
        return this.#world.deadly || this.#world.stops || this.#left || byForce;
      case "CONCUR_BROKEN":
        return byForce || this.#world.deadly;
      case "CONCUR_SHUTDOWN":
        return this.#ended !== undefined;
      default:
        return false;
    }
  }

  async #judge() {
    const ends = { completed: 0, failed: 0, cancelled: 0 };
    for (const entry of this.#entries) {
      const { future, expected } = entry;
      const { outcome } = future;
      ends[
        future.cancelled() ? "cancelled" : outcome?.status === "fulfilled" ? "completed" : "failed"
      ] += 1;
      if (entry.settled !== 1)
        this.#complain(`${this.#show(entry)} settled ${entry.settled} times`);
      if (
        !this.#isOwn(outcome, expected) &&
        !(outcome?.status === "rejected" && this.#mayEnd(outcome.reason, entry))
      ) {
        const seen =
          outcome?.status === "fulfilled" ? shortly(outcome.value) : shortly(outcome?.reason);
        this.#complain(
          `${this.#show(entry)} ended with ${seen} and not ${shortly(expected.value ?? expected)}`,
        );
      }
    }
    const { completed, failed, cancelled, ...now } = this.#executor.stats();
    for (const [name, count] of Object.entries(now))
      if (count !== 0) this.#complain(`${count} ${name} are left`);
    const counted = { completed, failed, cancelled };
    const total = (of) => of.completed + of.failed + of.cancelled;
    for (const name of Object.keys(ends)) {
      if (counted[name] < ends[name])
        this.#complain(`stats count ${counted[name]} ${name} of ${ends[name]}`);
    }
    if (total(counted) > total(ends) + this.#items)
      this.#complain(`stats count ${total(counted)} of ${total(ends) + this.#items} calls at most`);
    if (this.#items === 0 && !isDeepStrictEqual(counted, ends))
      this.#complain(`stats are ${inspect(counted)} and not ${inspect(ends)}`);
    for (let waited = 0; this.#workers.size > 0 && waited < 500; waited += 1) await sleep(10);
    if (this.#workers.size > 0) this.#complain(`${this.#workers.size} workers are left`);
    if (!same(this.#shared, makeShared()) && this.#world.copies)
      this.#complain("a task changed what is the caller's");
  }

  #isOwn(outcome, expected) {
    if (outcome?.status !== expected.status) return false;
    if (outcome.status === "fulfilled") return same(outcome.value, expected.value);
    const { reason } = outcome;
    if (expected.code !== undefined) return reason?.code === expected.code;
    return (
      reason?.name === "RangeError" &&
      same({ saw: reason.saw, changed: reason.changed }, expected.carries)
    );
  }

  #show({ id, name, options, stopped, future }) {
    return `call ${id} (${name}${stopped ? ", stopped" : ""}, ${inspect({ ...options, signal: undefined }, { breakLength: Infinity })}, ${future.state})`;
  }
}

const queueMicrotaskReal = globalThis.queueMicrotask;
const hrtime_ = process.hrtime.bigint;
/** Milliseconds of the real clock. */
function hrtime() {
  return Number(hrtime_() / 1000n) / 1000;
}

/** Copies of both are of one realm and without Buffers. */
function same(actual, expected) {
  try {
    return isDeepStrictEqual(structuredClone(actual), structuredClone(expected));
  } catch {
    return false;
  }
}

function shortly(value) {
  return inspect(value, {
    depth: 4,
    breakLength: Infinity,
    maxArrayLength: 6,
    maxStringLength: 60,
  }).slice(0, 400);
}
