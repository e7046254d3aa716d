import { readFileSync } from "node:fs";

import { ASSETS_URL } from "../manifest.js";
import type { FaultKind } from "./fault.js";

/** The part of JSON Schema (2020-12) that the profile's schema is written in. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly not?: { readonly const: unknown };
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

let cached: Schema | undefined;

/** Gives the published schema of fault profiles, which is also what they are checked with. */
export function profileSchema(): Schema {
  cached ??= JSON.parse(
    readFileSync(new URL("../profile.schema.json", ASSETS_URL), "utf8"),
  ) as Schema;
  return cached;
}

/** Follows a reference into the definitions of the schema. */
export function resolveSchema(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace("#/$defs/", "");
  const found = profileSchema().$defs?.[name];
  if (found === undefined) throw new Error(`the schema has no definition of ${name}`);
  return resolveSchema(found);
}

/** Gives one definition of the profile's schema. */
export function definition(name: "rules" | "fault" | "limits" | "responseFields"): Schema {
  return resolveSchema({ $ref: `#/$defs/${name}` });
}

/** Lists the kinds of faults, as the schema has them. */
export function faultKinds(): readonly FaultKind[] {
  return (definition("fault").oneOf ?? []).map(
    (branch) => branch.properties?.["kind"]?.const as FaultKind,
  );
}
