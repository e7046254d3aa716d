/**
 * Lists the 194 country codes of *Fluent Python*'s flags, upper-case and sorted.
 *
 * They are the members of the United Nations without the Dominican Republic (the book's list lacks it),
 * with Taiwan and Vatican City. The flag of `US` is served as `/flags/us/us.gif`.
 *
 * @example
 * FLAG_COUNTRY_CODES.length; // => 194
 */
export const FLAG_COUNTRY_CODES: readonly string[] = Object.freeze(
  [
    "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT",
    "BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DZ EC EE",
    "EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HN HR HT HU ID",
    "IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK",
    "LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA",
    "NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PT PW PY QA RO RS RU RW SA SB",
    "SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR",
    "TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW",
  ].flatMap((line) => line.split(" ")),
);
