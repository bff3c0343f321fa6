import { didYouMean } from "../../../protocol/suggest.ts";
import { placeOf } from "./place-of.ts";
import type { ConfigSchema } from "./schema.ts";

type Path = readonly (string | number)[];

/**
 * A warning for each field that is unknown or has no effect. A value that turns something off, such as `watch: false`,
 * asks for nothing and needs no warning.
 */
export function findings(value: unknown, schema: ConfigSchema, path: Path): string[] {
  const reason = schema["x-no-effect"];
  if (reason !== undefined) return isOff(value) ? [] : [`${placeOf(path)} ${reason}`];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, index) => findings(item, items, [...path, index]));
  }
  if (typeof value !== "object" || value === null || schema.properties === undefined) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const place = [...path, name];
    const known = schemaOf(name, schema);
    if (known !== undefined) return findings(inner, known, place);
    return [
      `${placeOf(place)} is unknown${didYouMean(name, Object.keys(schema.properties ?? {})) || " and has no effect"}`,
    ];
  });
}

function schemaOf(name: string, { properties = {}, patternProperties = {} }: ConfigSchema): ConfigSchema | undefined {
  if (Object.hasOwn(properties, name)) return properties[name];
  return Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern).test(name))?.[1];
}

function isOff(value: unknown): boolean {
  if (value === false || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && "enabled" in value && value.enabled === false;
}
