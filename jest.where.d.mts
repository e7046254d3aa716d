/**
 * Describes tests that need something of this machine. Where it is missing they are skipped, and the title says why.
 *
 * @param isThere - Whether it is there.
 * @param reason - What is missing: `there is no Chromium`.
 */
export function describeWhere(
  isThere: boolean,
  title: string,
  reason: string,
  define: () => void,
): void;
