/* global describe */

/**
 * Describes tests that need something of this machine. Where it is missing they are skipped, and their title says why: the end
 * of a test run lists it.
 */
export function describeWhere(isThere, title, reason, define) {
  if (isThere) describe(title, define);
  else describe.skip(`${title} (skipped: ${reason})`, define);
}
