// Safety nets: a machine many times slower than the slowest known must not reach any of them.

/** After this long a program that should have ended by itself is killed. */
export const PROGRAM_LIMIT_MS = 240_000;

/** After this long calls that a test has left behind will never end. */
export const LEFT_BEHIND_MS = 120_000;
