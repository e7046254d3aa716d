const SLASH = 0x2f;

/** The longest glob that is taken from outside, as the schema has it too. */
export const MAX_GLOB_LENGTH = 500;

/**
 * Turns a glob over URL paths into a test: `**` is any text, `*` any text without a slash, `?` one character
 * but a slash. Everything else stands for itself, and the whole path must fit.
 *
 * Matching looks at each character of the path once, whatever the glob: a rule may come from anybody who can
 * reach the control API, and what goes back to try another way can be made to do so for ever.
 */
export function pathGlob(glob: string): (path: string) => boolean {
  return globTest(glob, false);
}

/** The same over other text, where a slash is a character like others: `*` is any text, `?` any character. */
export function textGlob(glob: string): (text: string) => boolean {
  return globTest(glob, true);
}

function globTest(glob: string, crossing: boolean): (text: string) => boolean {
  if (!/[*?]/.test(glob)) return (text) => text === glob;
  const automaton = new GlobAutomaton(glob, crossing);
  return (text) => automaton.accepts(text);
}

/**
 * Follows all ways through a glob at once, one bit for each: bit n is set while the text up to here fits the
 * glob's first n characters (stars left out). Stars are where a bit may stay.
 */
class GlobAutomaton {
  readonly #words: number;
  /** The bits that are set when the text ends where the glob does. */
  readonly #length: number;
  /** Where the next bit may be set, by the character that is read. */
  readonly #advance = new Map<number, Uint32Array>();
  readonly #advanceOther: Uint32Array;
  /** Where a bit stays: at double stars for any character, at single ones for any but a slash. */
  readonly #stayAny: Uint32Array;
  readonly #stayInside: Uint32Array;
  readonly #state: Uint32Array;

  constructor(glob: string, crossing: boolean) {
    const parts = Array.from(glob.matchAll(/\*+|[^*]/gu), ([part]) => part);
    const isStar = (part: string) => part.startsWith("*");
    this.#length = parts.filter((part) => !isStar(part)).length;
    this.#words = (this.#length >>> 5) + 1;
    const none = () => new Uint32Array(this.#words);
    this.#advanceOther = none();
    this.#stayAny = none();
    this.#stayInside = none();
    this.#state = none();

    let position = 0;
    const jokers: number[] = [];
    for (const part of parts) {
      if (isStar(part)) {
        if (crossing || part.length > 1) setBit(this.#stayAny, position);
        setBit(this.#stayInside, position);
        continue;
      }
      position += 1;
      const character = part.codePointAt(0) ?? 0;
      if (part === "?") jokers.push(position);
      else setBit(this.#maskOf(character), position);
    }
    for (const joker of jokers) {
      setBit(this.#advanceOther, joker);
      for (const [character, mask] of this.#advance) {
        if (crossing || character !== SLASH) setBit(mask, joker);
      }
    }
    if (!this.#advance.has(SLASH) && !crossing) this.#advance.set(SLASH, none());
  }

  accepts(text: string): boolean {
    const state = this.#state.fill(0);
    state[0] = 1;
    // Words outside of these two hold no bits.
    let first = 0;
    let last = 0;
    for (let index = 0; index < text.length; index += 1) {
      const character = text.codePointAt(index) ?? 0;
      if (character > 0xffff) index += 1;
      const advance = this.#advance.get(character) ?? this.#advanceOther;
      const stay = character === SLASH ? this.#stayAny : this.#stayInside;
      let carry = 0;
      let newFirst = -1;
      let newLast = -1;
      const end = Math.min(last + 2, this.#words);
      for (let word = first; word < end; word += 1) {
        const bits = state[word] ?? 0;
        const next = (((bits << 1) | carry) & (advance[word] ?? 0)) | (bits & (stay[word] ?? 0));
        carry = bits >>> 31;
        state[word] = next;
        if (next === 0) continue;
        // From a double star all can be reached that can be reached from before it.
        if (newFirst < 0 || (next & (this.#stayAny[word] ?? 0)) !== 0) newFirst = word;
        newLast = word;
      }
      if (newFirst < 0) return false;
      first = newFirst;
      last = newLast;
    }
    const word = this.#length >>> 5;
    return (
      word >= first && word <= last && (((state[word] ?? 0) >>> (this.#length & 31)) & 1) === 1
    );
  }

  #maskOf(character: number): Uint32Array {
    const known = this.#advance.get(character);
    if (known !== undefined) return known;
    const mask = new Uint32Array(this.#words);
    this.#advance.set(character, mask);
    return mask;
  }
}

function setBit(words: Uint32Array, position: number): void {
  const word = position >>> 5;
  words[word] = (words[word] ?? 0) | (1 << (position & 31));
}
