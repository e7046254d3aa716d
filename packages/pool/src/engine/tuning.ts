// Every number of the engine that was measured or chosen, and not given by a format or by an option.
//
// Each line of documentation says what the number is and its unit, what it depends on, and the case in `benchmarks/cases` that shows
// when it is wrong ("Guard"). Where no case does, a test does, or the number only bounds a wait that ends sooner in all usual runs.

// ── How far ahead calls are sent (scheduling/send-ahead.ts) ──────────────────────────────────────────────────────────────────────

/**
 * Work that may lie with a worker from which it can be taken back at once, in µs. Depends on what it costs to wake a worker on cores
 * that are busy, as each hand-out may have to. Guard: burst-20k, in-flight.
 */
export const AHEAD_RECLAIMABLE_US = 4000;
/**
 * Work that may lie with a worker from which it can be taken back only on request, in µs. Depends on the time of that request, a
 * round trip between processes. Guard: process-burst-20k.
 */
export const AHEAD_US = 1000;
/** Chunks of `map` that a worker may hold: one that runs, one that waits. Depends on `CHUNK_US`. Guard: map, process-map. */
export const CHUNKS_AHEAD = 2;
/** Time until a sleeping worker runs something, in µs. Depends on the system's scheduler. Guard: burst-20k, round-trip. */
export const WAKE_US = 20;
/** Submissions of one turn that are handed out without waiting for its end. Guard: burst-20k, burst-100k. */
export const EAGER_CALLS = 64;
/** The same for items of a map, which are handed out in chunks. Guard: map. */
export const EAGER_ITEMS = 1024;
/**
 * Calls ahead from which a hand-out can be too small to be worth it. With fewer, every free place is handed out. Guard: in-flight.
 */
export const SMALL_HAND_OUT_AHEAD = 16;
/** A hand-out is small below this fraction of the calls ahead. Guard: burst-20k. */
export const SMALL_HAND_OUT_SHARE = 1 / 4;
/**
 * With this many calls left or fewer, a worker reports its results at once, as the parent may have more work. Guard: in-flight.
 */
export const FEW_LEFT = 2;
/** Pause between two looks of the stall monitor while workers make progress, in ms. Guard: uneven. */
export const STALL_LOOK_MS = 2;
/** Longest pause between two looks, when no worker makes progress, in ms. Guard: idle-cpu. */
export const STALL_SELDOM_MS = 16;

// ── Chunks of map (map/map-work.ts) ──────────────────────────────────────────────────────────────────────────────────────────────

/** Run time of one chunk, in µs: many times the cost of its message, and short enough to share work evenly. Guard: map. */
export const CHUNK_US = 500;
/** Calls in the largest chunk. Bounds the time and memory of one copy. Guard: map. */
export const LARGEST_CHUNK = 8192;
/** Items that were sent and are still held before the rest is moved up. Guard: map. */
export const FORGOTTEN_ITEMS = 4096;
/** Chunks that each worker gets of what is left, at least: the last ones must not end far apart. Guard: map. */
export const CHUNKS_PER_WORKER = 2;

// ── Workers (workers/) ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Workers that may die before they have begun the call that is next, until the call is to blame. Guard: test/thread/crash-blame. */
export const CALL_ATTEMPTS = 3;
/** Workers in a row that may die before they are ready, unless for a shortage. Guard: test/characterisation. */
export const BOOT_ATTEMPTS = 3;
/** New workers in a row that may die of a broadcast. Guard: test/workers/broadcast. */
export const BROADCAST_ATTEMPTS = 3;
/** Pause before the next worker is made after a failure, in ms; doubled by each further one. Guard: test/process/starting. */
export const BOOT_FIRST_PAUSE_MS = 20;
/** Longest such pause, in ms. */
export const BOOT_LONGEST_PAUSE_MS = 1000;
/**
 * Depth of workers that tasks in workers have made. A program that each worker starts again by mistake multiplies by the number of
 * cores at each step, and nobody was seen to need more. Guard: test/workers/nesting.
 */
export const MOST_NESTED = 3;
/** Time for the exit listeners of a worker that was told to leave, in ms. A listener that never ends would be waited for. */
export const LEAVE_MS = 5000;
/** Stacks of submissions that are taken in one window. Each takes about 5 µs. Guard: burst-20k. */
export const STACKS_PER_WINDOW = 8;
/** Length of that window, in ms: with the number above, a hundredth of the thread's time. Guard: burst-20k. */
export const STACK_WINDOW_MS = 4;
/** Frames of such a stack. */
export const STACK_FRAMES = 9;

// ── Measuring run times (shared/run-times.ts, worker/sampler.ts) ─────────────────────────────────────────────────────────────────

/** Tasks with a measure of their own; more share them. Each takes 8 bytes. */
export const RUN_TIME_TASKS = 256;
/** Weight of a measure that is shorter than the estimate, 0 to 1, where sent calls can be taken back at once. Guard: uneven. */
export const FORGETTING = 0.4;
/**
 * The same for processes. Small, as what was sent behind a call that turns out long comes back only on request.
 * Guard: process-burst-20k.
 */
export const PROCESS_FORGETTING = 0.05;
/** Work between two readings of the clock, in µs. Depends on what a reading costs, about 50 ns. Guard: burst-20k. */
export const SAMPLE_US = 20;
/** Most calls between two readings. Guard: burst-20k. */
export const LARGEST_SAMPLE = 32;
/** Calls between two readings in a stretch of work that is not measured from its start. Guard: in-flight. */
export const UNMEASURED_SAMPLE = 8;
/** A worker measures one in this many stretches of work, when its calls are short. Guard: in-flight. */
export const MEASURED_STRETCHES = 16;
/** Calls that take longer than this have each stretch measured, in µs. Guard: in-flight. */
export const SLOW_CALL_US = 5;
/** Replies may wait this long for more, in ms, before they are posted together. Guard: objects-20k. */
export const REPLY_WAIT_MS = 0.1;

// ── Waiting for work and for results (shared/idle-spin.ts, thread/worker/pacing.ts) ──────────────────────────────────────────────

/**
 * A thread that stands still and was woken within this time would have found the result by looking if the worker had had a core of its
 * own, in µs. Guard: round-trip-sync.
 */
export const SHORT_SLEEP_US = 200;
/** A worker thread looks for work this long before it sleeps, in µs. Depends on the time of a wake-up. Guard: round-trip. */
export const WORKER_SPIN_US = 50;
/** The parent looks for results of threads this long, in µs. Guard: round-trip, idle-cpu. */
export const PARENT_SPIN_US = 50;
/** Either side of a socket keeps its event loop turning this long, in µs. Guard: process-round-trip, idle-cpu. */
export const PROCESS_SPIN_US = 120;
/** A spin that was in vain is halved next time, and left out below this, in µs. Guard: idle-cpu. */
export const SHORTEST_WORKER_SPIN_US = 8;
/** The same for the spin of an event loop, in µs. Guard: idle-cpu. */
export const SHORTEST_LOOP_SPIN_US = 12;
/** Looks of a spinning worker between two readings of the clock. Guard: round-trip. */
export const LOOKS_PER_CLOCK = 40;
/** A gap in a worker's spin longer than this means that something else ran on the core, in ms. Guard: in-flight. */
export const PREEMPTED_MS = 0.25;
/** The same for the spin of an event loop, whose turns take longer, in ms. Guard: in-flight. */
export const LOOP_GAP_MS = 0.4;
/** Two such gaps within this time mean that the core is wanted elsewhere, in ms. Guard: in-flight. */
export const GAPS_CLOSE_MS = 10;
/** No spin for this long then, in ms; doubled each time. Guard: in-flight. */
export const FIRST_BACK_OFF_MS = 20;
/** Longest time without a spin, in ms. */
export const LONGEST_BACK_OFF_MS = 500;
/** After this time without a gap the back-off begins anew, in ms. */
export const BACK_OFF_FORGOTTEN_MS = 2000;
/** Longest sleep of a worker away from its event loop, in ms: timers of user code are at most this late. Guard: idle-cpu. */
export const PARK_MS = 1;
/** Longest stretch of work before the event loop of a worker gets a turn, in ms. Guard: burst-20k. */
export const YIELD_MS = 4;
/** A result may wait this long for others before the parent is woken, in µs. Guard: in-flight. */
export const UNTOLD_US = 2000;
/** A thread that began nothing between two looks this far apart is idle, in ms. Guard: memory. */
export const IDLE_LOOK_MS = 200;

/**
 * First pause between two looks of a thread that stands still for workers that have died, in ms; doubled by each look. A look is a
 * message to each worker. Guard: test/thread/blocking.
 */
export const FIRST_LIFE_LOOK_MS = 2;
/** Longest such pause, in ms: so long it may take to see that a worker ran out of memory. */
export const LONGEST_LIFE_LOOK_MS = 500;

// ── Values between threads (thread/wire) ─────────────────────────────────────────────────────────────────────────────────────────

/** Bytes of a value that fit into a slot. A copy of them costs little beside a message. Guard: payload, memory. */
export const INLINE_BYTES = 1024;
/** Replies in one message or write. Guard: objects-20k, process-burst-20k. */
export const REPLY_BATCH = 256;
/** Names of a record. Objects with more are tables, which V8 copies faster itself. Guard: objects-20k. */
export const RECORD_NAMES = 16;
/** After this many values in a row that were no records of the same names, … Guard: objects-20k. */
export const RECORD_MISSES = 4;
/** … this many values are not looked at. */
export const RECORD_PAUSE = 256;
/** Objects and arrays in the largest tree that is copied here and not by structured clone. Guard: objects-20k. */
export const SNAPSHOT_NODES = 32;
/** Elements or properties of each of them. Guard: objects-20k. */
export const SNAPSHOT_LENGTH = 64;
/** Bytes that are copied here: from some length on a message of their own costs no more than a second copy. Guard: payload. */
export const SNAPSHOT_BYTES = 4096;

// ── Values between processes (process/) ──────────────────────────────────────────────────────────────────────────────────────────

/** Characters of the longest string that goes as JSON. A longer one is copied in V8's format, not escaped. Guard: process-payload. */
export const LONG_STRING = 4096;
/** Characters of all that belongs to one call and goes as JSON. No text can have 2^29 characters. */
export const LONG_TEXT = 1_048_576;
/** Arguments of one call up to which objects are compared with one another; the comparison is quadratic. Guard: process-burst-20k. */
export const FEW_ARGUMENTS = 16;
/** Characters after which a JSON frame is closed. Escaped they may be six times as many. */
export const FULL_TEXT = 16_777_216;
/** Room for numbers that is made first, in bytes; doubled when it is not enough. Guard: process-round-trip. */
export const FIRST_NUMBERS_BYTES = 1024;
/** Frames up to this size are copied together: one long write is cheaper than several. In bytes. Guard: process-burst-20k. */
export const SMALL_FRAME_BYTES = 16_384;
/** Copies shorter than this get memory of their own, in bytes. Guard: process-payload. */
export const SCRATCH_BYTES = 65_536;
/** Memory that is kept for the next long copies, in bytes, … Guard: process-payload, memory. */
export const SCRATCH_KEPT_BYTES = 67_108_864;
/** … and for how long, in ms. */
export const SCRATCH_KEPT_MS = 1000;
/** The rest of a frame is read without the event loop from this length on, in bytes. Guard: process-payload. */
export const DIRECT_READ_BYTES = 262_144;
/** A writer is waited for this long then, in ms: to sleep and to be woken takes longer. Guard: process-payload. */
export const DIRECT_READ_PATIENCE_MS = 0.03;
/** A child reports the start of calls that take longer than this, in µs. Guard: process-burst-20k. */
export const LONG_CALL_US = 500;
/** Pause between two looks of a child for its parent, in ms. Guard: idle-cpu. */
export const PARENT_LOOK_MS = 500;
/** Time for a child to say its secret, in ms. */
export const TOKEN_MS = 10_000;
/** Time for a child to end that has closed its channel or was told to leave, in ms. */
export const CHILD_LEAVE_MS = 5000;
/** Time for what a dead child had written to be read, in ms. */
export const LAST_WORDS_MS = 2000;
/** Time for the end of its stderr, in ms: its own children may hold the pipe open. */
export const LAST_STDERR_MS = 500;
/** Characters of its stderr that are kept for the error, … */
export const KEPT_STDERR_CHARS = 8192;
/** … and lines of it that are shown. */
export const SHOWN_STDERR_LINES = 20;
