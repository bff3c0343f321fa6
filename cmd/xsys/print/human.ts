import type { Contract } from "../../../protocol/contract/command.ts";
import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { cellText } from "./cell.ts";
import { fileList, isFileList } from "./file-list.ts";
import { printable, printableLine } from "./printable.ts";
import { alternative, isNumeric, isObject, itemsOf, valuesOf } from "./shape.ts";
import { type Style, table } from "./table.ts";
import { widthOf } from "./width.ts";

/**
 * The readable form of a result: the complete standard output, including the last line end; empty for null and for an
 * empty list. It is derived only from the result's schema.
 *
 * A string is printed unchanged, including control characters, as cat(1) does. A line end is added if it has none;
 * `fs.cat` prints the exact bytes of a file. In lists, tables and fields, control characters are escaped.
 */
export function humanText({ result: schema, columns }: Contract, result: unknown, style: Style): string {
  if (typeof result === "string") return result.endsWith("\n") ? result : `${result}\n`;
  if (result === null || result === undefined) return "";
  return block(schema, result, style, columns)
    .map((line) => `${line}\n`)
    .join("");
}

/** The lines of a value. */
function block(schema: JsonSchema, value: unknown, style: Style, chosen?: readonly string[]): string[] {
  const shape = alternative(schema, value);
  if (Array.isArray(value)) return listBlock(shape, value, style, chosen);
  if (!isObject(value)) return [printableLine(cellText(shape, value))];
  if (shape.properties) return fieldsBlock(shape.properties, value, style);
  return recordBlock(valuesOf(shape) ?? {}, value, style);
}

function listBlock(schema: JsonSchema, values: readonly unknown[], style: Style, chosen?: readonly string[]): string[] {
  if (values.length === 0) return [];
  if (isFileList(schema, values)) return fileList(schema, values);
  const items = itemsOf(schema) ?? {};
  if (values.every(isObject)) return rowsBlock(alternative(items, values[0]), values, style, chosen);
  return values.map((value) => (typeof value === "string" ? printableLine(value) : cellText(items, value)));
}

function rowsBlock(
  { properties = {} }: JsonSchema,
  rows: readonly Readonly<Record<string, unknown>>[],
  style: Style,
  chosen: readonly string[] = Object.keys(properties),
): string[] {
  const names = chosen.length > 0 ? chosen : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) => ({ title: name, right: isNumeric(properties[name] ?? {}) }));
  const cells = rows.map((row) => names.map((name) => cellText(properties[name] ?? {}, row[name])));
  return table(columns, cells, style);
}

/** A record of objects is printed as a table with the key in the first column; any other record as fields. */
function recordBlock(schema: JsonSchema, value: Readonly<Record<string, unknown>>, style: Style): string[] {
  const rows = Object.entries(value);
  if (schema.properties === undefined || rows.length === 0) {
    return fieldsBlock(Object.fromEntries(rows.map(([name]) => [name, schema])), value, style);
  }
  const properties = { name: { type: "string" }, ...schema.properties };
  return rowsBlock(
    { properties },
    rows.map(([name, row]) => ({ ...(row as object), name })),
    style,
  );
}

const INDENT = "  ";

/** One line per field, with aligned values; multi-line values are indented below their name. */
function fieldsBlock(
  properties: Readonly<Record<string, JsonSchema>>,
  value: Readonly<Record<string, unknown>>,
  style: Style,
): string[] {
  const names = [...new Set([...Object.keys(properties), ...Object.keys(value)])].filter((name) => value[name] != null);
  const width = Math.max(0, ...names.filter((name) => !hasLines(value[name])).map((name) => widthOf(printable(name))));
  const inner = style.columns > INDENT.length ? { ...style, columns: style.columns - INDENT.length } : style;
  return names.flatMap((name) => {
    const [schema = {}, label] = [properties[name], printable(name)];
    if (hasLines(value[name])) {
      return [label, ...block(schema, value[name], inner).map((line) => INDENT + line)];
    }
    const padding = " ".repeat(width - widthOf(label) + INDENT.length);
    return [`${label}${padding}${cellText(schema, value[name])}`.trimEnd()];
  });
}

function hasLines(value: unknown): boolean {
  return typeof value === "object";
}
