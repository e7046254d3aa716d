/** A time limit for a program, in seconds: longer than any machine takes for anything. */
export const NEVER = "3600";

/** Arguments with which a program waits however long it takes: for tests that must not depend on any speed. */
export const NO_LIMITS: readonly string[] = ["--timeout", NEVER, "--max-time", NEVER];
