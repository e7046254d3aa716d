import { textGlob } from "./path-glob.js";

/**
 * What a field, or a parameter of a query, must be like: `true` is there, `false` is not there, and a text is
 * a glob over its value, in which `*` is any text and `?` any character.
 */
export type FieldMatch = boolean | string;

/** Fields or parameters by name; all must fit. */
export type FieldMatches = Readonly<Record<string, FieldMatch>>;

/** Makes a test of what a field should be like; it gets the values that a request has for it, if any. */
function fieldTest(wanted: FieldMatch): (values: readonly string[]) => boolean {
  if (typeof wanted === "boolean") return (values) => values.length > 0 === wanted;
  const fits = textGlob(wanted);
  return (values) => values.some(fits);
}

/** Makes a test of several fields. `valuesOf` gets names in lower case. */
export function headersTest(
  wanted: FieldMatches,
): (valuesOf: (name: string) => readonly string[]) => boolean {
  const tests = Object.entries(wanted).map(
    ([name, match]) => [name.toLowerCase(), fieldTest(match)] as const,
  );
  return (valuesOf) => tests.every(([name, fits]) => fits(valuesOf(name)));
}

/** Makes a test of several parameters of a query. */
export function queryTest(wanted: FieldMatches): (query: string) => boolean {
  const tests = Object.entries(wanted).map(([name, match]) => [name, fieldTest(match)] as const);
  return (query) => {
    const parameters = new URLSearchParams(query);
    return tests.every(([name, fits]) => fits(parameters.getAll(name)));
  };
}
