import type { Contract, Example } from "../../../protocol/contract/command.ts";

/** An example as a call in TypeScript. */
export function sdkLine({ module, action, output, events }: Contract, { params, input }: Example): string {
  const method = action.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const given = Object.keys(params).length > 0 || input !== undefined ? [literal(params)] : [];
  const options = input === undefined ? [] : [literal({ input })];
  const call = `xsys.${module}.${method}(${[...given, ...options].join(", ")})`;
  if (output) return `for await (const bytes of ${call}) process.stdout.write(bytes);`;
  return events ? `for await (const event of ${call}) console.log(event);` : `await ${call};`;
}

/** A value as a TypeScript literal: JSON with unquoted keys. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, item]) => `${key}: ${literal(item)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
