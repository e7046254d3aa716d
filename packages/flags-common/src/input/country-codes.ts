const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

/**
 * Lists the 194 country codes that have a flag, AD to ZW, in alphabetical order.
 *
 * They are the book's `country_codes.txt`: the members of the United Nations without the Dominican
 * Republic (DO was left out there by mistake), and with Taiwan (TW) and the Vatican (VA).
 */
export const COUNTRY_CODES: readonly string[] = (
  "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT " +
  "BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DZ EC EE " +
  "EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HN HR HT HU ID " +
  "IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK " +
  "LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA " +
  "NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PT PW PY QA RO RS RU RW SA SB " +
  "SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR " +
  "TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW"
).split(" ");

/** Lists the 20 most populous countries of the book, most people first: what a run without arguments fetches. */
export const POP20_CODES: readonly string[] =
  "CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR".split(" ");

/** What the user asked for, before it is turned into country codes. */
export interface CodeSelection {
  /** Every combination of two letters: AA to ZZ. Beats `all` and `codes`. */
  readonly every: boolean;
  /** The 194 codes that have a flag. Beats `codes`. */
  readonly all: boolean;
  /** Codes (`"BR"`) and first letters (`"B"` for BA to BZ), in any case; none at all means {@link POP20_CODES}. */
  readonly codes: readonly string[];
  /** Keeps this many of the first codes, an integer from 1; the default 20 are cut too. */
  readonly limit?: number | undefined;
}

/**
 * Expands a selection to the country codes to fetch: upper case, sorted, each once.
 *
 * The counterpart of `expand_cc_args` in the Python programs, with two repairs: the limit also cuts the
 * default list, and only ASCII letters are codes ("ß" is not a way to write SS).
 *
 * @throws {RangeError} When a code is neither one nor two ASCII letters. Codes are not looked at when
 *   `every` or `all` is set.
 * @example
 * expandCodes({ every: false, all: false, codes: ["us", "BR", "Us"] }); // => ["BR", "US"]
 */
export function expandCodes(selection: CodeSelection): string[] {
  return [...new Set(selectCodes(selection))].sort().slice(0, selection.limit);
}

function selectCodes({ every, all, codes }: CodeSelection): readonly string[] {
  if (every) return LETTERS.flatMap((first) => withFirstLetter(first));
  if (all) return COUNTRY_CODES;
  if (codes.length === 0) return POP20_CODES;
  return codes.flatMap((code) => {
    // Checked before upper-casing: "ß".toUpperCase() is "SS", "ﬁ".toUpperCase() is "FI", "ı".toUpperCase() is "I".
    if (!/^[A-Za-z]{1,2}$/.test(code)) {
      throw new RangeError("each CC argument must be A to Z or AA to ZZ.");
    }
    const upper = code.toUpperCase();
    return upper.length === 1 ? withFirstLetter(upper) : [upper];
  });
}

function withFirstLetter(first: string): string[] {
  return LETTERS.map((second) => first + second);
}
