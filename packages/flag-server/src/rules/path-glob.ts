const SLASH = 0x2f;
const STAR = 0x2a;
const QUESTION = 0x3f;

/**
 * Turns a glob over URL paths into a test: `**` is any text, `*` any text without a slash, `?` one character
 * but a slash. Everything else stands for itself, and the whole path must fit.
 *
 * Matching never takes more than the product of both lengths: a rule may come from anybody who can reach the
 * control API, and a regular expression with several stars can take for ever.
 */
export function pathGlob(glob: string): (path: string) => boolean {
  if (!/[*?]/.test(glob)) return (path) => path === glob;
  const pattern = glob.replace(/\*{3,}/g, "**");
  return (path) => fits(pattern, path);
}

/**
 * Walks through both, and on a mismatch goes back to the star that was passed last, to let it stand for one
 * character more. A star before it need not be tried again: with more for that one, the last star would only
 * begin later. When the last one is stuck at a slash, the last double star has its turn.
 */
function fits(pattern: string, path: string): boolean {
  let at = 0;
  let position = 0;
  const single = { at: -1, position: 0 };
  const double = { at: -1, position: 0 };
  for (;;) {
    if (pattern.charCodeAt(at) === STAR) {
      const crosses = pattern.charCodeAt(at + 1) === STAR;
      at += crosses ? 2 : 1;
      const passed = crosses ? double : single;
      passed.at = at;
      passed.position = position;
      // Single stars before a double one are settled.
      if (crosses) single.at = -1;
      continue;
    }
    if (at === pattern.length && position === path.length) return true;
    const taken = at < pattern.length ? take(pattern.charCodeAt(at), path, position) : 0;
    if (taken > 0) {
      at += 1;
      position += taken;
    } else if (
      single.at >= 0 &&
      single.position < path.length &&
      path.charCodeAt(single.position) !== SLASH
    ) {
      single.position += 1;
      ({ at, position } = single);
    } else if (double.at >= 0 && double.position < path.length) {
      double.position += 1;
      single.at = -1;
      ({ at, position } = double);
    } else {
      return false;
    }
  }
}

/** Gives how many units of the path one unit of the pattern stands for here; 0 when it does not fit. */
function take(unit: number, path: string, position: number): number {
  if (position >= path.length) return 0;
  if (unit !== QUESTION) return path.charCodeAt(position) === unit ? 1 : 0;
  if (path.charCodeAt(position) === SLASH) return 0;
  // A character beyond the first 65,536 is two units.
  return (path.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}
