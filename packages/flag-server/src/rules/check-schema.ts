import { resolveSchema, type Schema } from "./schema.js";
import { show } from "./show.js";

/** What is wrong with a value, and where in it. */
export interface Problem {
  /** Such as `rules[2].fault.afterBytes`. */
  readonly path: string;
  readonly message: string;
  /** Whether the value is of the wrong kind, in contrast to out of range. */
  readonly wrongType: boolean;
}

/** Finds the first thing that a value has against a schema. A property that is undefined counts as absent. */
export function findProblem(value: unknown, schema: Schema, path: string): Problem | undefined {
  const resolved = resolveSchema(schema);
  return (
    checkType(value, resolved, path) ??
    checkFixed(value, resolved, path) ??
    checkText(value, resolved, path) ??
    checkNumber(value, resolved, path) ??
    checkArray(value, resolved, path) ??
    checkObject(value, resolved, path) ??
    checkUnion(value, resolved, path)
  );
}

function problem(path: string, message: string, wrongType = false): Problem {
  return { path, message: `${path} ${message}`, wrongType };
}

const TYPE_NAMES = {
  object: "an object",
  array: "an array",
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
};

function isOfType(value: unknown, type: NonNullable<Schema["type"]>): boolean {
  if (type === "object") return isObject(value);
  if (type === "array") return Array.isArray(value);
  if (type === "integer" || type === "number") return typeof value === "number";
  return typeof value === type;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkType(value: unknown, { type }: Schema, path: string): Problem | undefined {
  if (type === undefined) return undefined;
  if (!isOfType(value, type))
    return problem(path, `must be ${TYPE_NAMES[type]}, not ${show(value)}`, true);
  return undefined;
}

function checkFixed(value: unknown, schema: Schema, path: string): Problem | undefined {
  const choices = "const" in schema ? [schema.const] : schema.enum;
  if (choices !== undefined && !choices.includes(value)) {
    return problem(path, `must be ${listed(choices)}, not ${show(value)}`);
  }
  if (schema.not !== undefined && value === schema.not.const) {
    return problem(path, `must not be ${show(value)}`);
  }
  return undefined;
}

function checkText(value: unknown, schema: Schema, path: string): Problem | undefined {
  if (typeof value !== "string") return undefined;
  const { pattern, minLength = 0, maxLength = Infinity } = schema;
  // As the standard counts: characters, not UTF-16 units.
  const length = Array.from(value).length;
  if (length < minLength) return problem(path, "must not be empty");
  if (length > maxLength) return problem(path, `must have ${maxLength} characters at most`);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
    return problem(path, `must match ${pattern}, not ${show(value)}`);
  }
  return undefined;
}

function checkNumber(value: unknown, schema: Schema, path: string): Problem | undefined {
  if (typeof value !== "number") return undefined;
  const { type, minimum, exclusiveMinimum, maximum = Infinity } = schema;
  if (type !== "integer" && type !== "number") return undefined;
  const fits =
    (type === "integer" ? Number.isInteger(value) : Number.isFinite(value)) &&
    value <= maximum &&
    value >= (minimum ?? -Infinity) &&
    value > (exclusiveMinimum ?? -Infinity);
  if (fits) return undefined;
  const from = minimum === undefined ? `above ${exclusiveMinimum ?? -Infinity}` : `from ${minimum}`;
  return problem(path, `must be ${TYPE_NAMES[type]} ${from} to ${maximum}, not ${show(value)}`);
}

function checkArray(value: unknown, schema: Schema, path: string): Problem | undefined {
  if (!Array.isArray(value)) return undefined;
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (value.length < minItems) return problem(path, "must not be empty");
  if (value.length > maxItems) return problem(path, `must have ${maxItems} items at most`);
  if (items === undefined) return undefined;
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const found = findProblem(item, items, `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkObject(value: unknown, schema: Schema, path: string): Problem | undefined {
  if (!isObject(value)) return undefined;
  const { properties = {}, required = [], minProperties = 0, maxProperties = Infinity } = schema;
  const { additionalProperties, propertyNames } = schema;
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  const prefix = path === "" ? "" : `${path}.`;
  for (const name of required) {
    if (!names.includes(name)) return problem(`${prefix}${name}`, "is missing");
  }
  if (names.length < minProperties) {
    return problem(path, `must have one of ${listed(Object.keys(properties))}`);
  }
  if (names.length > maxProperties) {
    return problem(path, `must have ${maxProperties} properties at most`);
  }
  for (const name of names) {
    const shown = `${prefix}${show(name).slice(1, -1)}`;
    const misnamed =
      propertyNames === undefined ? undefined : findProblem(name, propertyNames, shown);
    if (misnamed !== undefined) return { ...misnamed, wrongType: false };
    if (Object.hasOwn(properties, name)) {
      const found = findProblem(value[name], properties[name] ?? {}, `${prefix}${name}`);
      if (found !== undefined) return found;
    } else if (additionalProperties === false) {
      const known = listed(Object.keys(properties));
      return problem(shown, `is unknown; there is ${known}`);
    } else if (additionalProperties !== undefined) {
      const found = findProblem(value[name], additionalProperties, shown);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function checkUnion(value: unknown, schema: Schema, path: string): Problem | undefined {
  const branches = (schema.oneOf ?? schema.anyOf)?.map(resolveSchema);
  if (branches === undefined) return undefined;
  const problems = branches.map((branch) => findProblem(value, branch, path));
  const fitting = problems.filter((found) => found === undefined).length;
  if (schema.oneOf === undefined ? fitting > 0 : fitting === 1) return undefined;
  const wanted = branches.flatMap(({ required = [] }) => required);
  if (fitting > 1) return problem(path, `must have only one of ${listed(wanted)}`);
  if (branches.every(({ type }) => type === undefined)) {
    const nested = problems.find((found) => found !== undefined && found.path !== path);
    const asksForOneOf = branches.every(({ required }) => required !== undefined);
    if (asksForOneOf) return problem(path, `must have one of ${listed(wanted)}`);
    if (nested !== undefined) return nested;
  }
  return closestProblem(value, branches, path, problems);
}

/** Of the problems of all branches, picks that of the branch which was meant. */
function closestProblem(
  value: unknown,
  branches: readonly Schema[],
  path: string,
  problems: readonly (Problem | undefined)[],
): Problem | undefined {
  const tag = ["kind", "distribution"].find((name) =>
    branches.some(({ properties }) => properties?.[name]?.const !== undefined),
  );
  if (tag !== undefined && isObject(value) && value[tag] !== undefined) {
    const meant = branches.findIndex(({ properties }) => properties?.[tag]?.const === value[tag]);
    if (meant >= 0) return problems[meant];
    const tags = branches.flatMap(({ properties }) => properties?.[tag]?.const ?? []);
    return problem(`${path}.${tag}`, `must be ${listed(tags)}, not ${show(value[tag])}`);
  }
  const ofKind = problems.filter((_found, index) => {
    const { type, oneOf, anyOf, enum: choices } = branches[index] ?? {};
    if (type !== undefined) return isOfType(value, type);
    if (choices !== undefined) return typeof value === "string";
    return (oneOf ?? anyOf) !== undefined && isObject(value);
  });
  if (ofKind[0] !== undefined) return ofKind[0];
  const kinds = branches.map(({ type }) => TYPE_NAMES[type ?? "object"]);
  return problem(path, `must be ${[...new Set(kinds)].join(" or ")}, not ${show(value)}`, true);
}

function listed(values: readonly unknown[]): string {
  const names = values.map((value) => (typeof value === "string" ? value : show(value)));
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} or ${last}`;
}
