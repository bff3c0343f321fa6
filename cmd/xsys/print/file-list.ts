import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { cellText } from "./cell.ts";
import { isObject, itemsOf, placesOf } from "./shape.ts";
import { aligned } from "./table.ts";

const NAME = { title: "", right: false };

type Pair = readonly [name: string, stats: Readonly<Record<string, unknown>>];

/** Whether the list consists of pairs of a name and stats with a mode. */
export function isFileList(schema: JsonSchema, values: readonly unknown[]): values is readonly Pair[] {
  const [, stats] = placesOf(itemsOf(schema) ?? {}) ?? [];
  return fieldOfUnit(stats, "mode") !== undefined && values.every((pair) => Array.isArray(pair) && isObject(pair[1]));
}

/** Lines as of `ls -l`: type and mode, size, modification time, name. Names are never truncated. */
export function fileList(schema: JsonSchema, pairs: readonly Pair[]): string[] {
  const [, stats = {}] = placesOf(itemsOf(schema) ?? {}) ?? [];
  const fields = (["mode", "bytes", "unix-seconds"] as const)
    .map((unit) => fieldOfUnit(stats, unit))
    .filter((field) => field !== undefined);
  const columns = [...fields.map(([, field]) => ({ title: "", right: field["x-unit"] === "bytes" })), NAME];
  const rows = pairs.map(([entry, values]) => {
    const [mode = "", ...cells] = fields.map(([name, field]) => cellText(field, values[name]));
    return [kindLetter(values) + mode, ...cells, cellText({ type: "string" }, entry)];
  });
  return aligned(columns, rows);
}

/** The first field with the unit: sizes and times are declared in order of importance. */
function fieldOfUnit(schema: JsonSchema | undefined, unit: string): [string, JsonSchema] | undefined {
  return Object.entries(schema?.properties ?? {}).find(([, property]) => property["x-unit"] === unit);
}

function kindLetter({ is_dir, is_symlink }: Readonly<Record<string, unknown>>): "d" | "l" | "-" {
  if (is_symlink) return "l";
  return is_dir ? "d" : "-";
}
