import { shellLine } from "../../cmd/xsys/command-line.ts";
import type { Contract, Example } from "../../protocol/contract/command.ts";
import { fenced } from "./markdown.ts";

/** All examples as command lines, and the first one also as a message on the socket and as a call in TypeScript. */
export function exampleParts(contract: Contract): string[] {
  const { examples, output, events } = contract;
  const [first] = examples;
  if (first === undefined) throw new Error(`${contract.name} has no example`);
  return [
    "## Examples",
    fenced("sh", ...examples.flatMap((example, i) => [...(i > 0 ? [""] : []), ...shellLines(contract, example)])),
    "Over the socket:",
    fenced("json", wireLine(contract, first)),
    ...(first.input === undefined ? [] : ["The input follows in chunks with the same `id`; the last chunk is marked."]),
    ...(output ? ["The bytes arrive in chunks with the same `id`, followed by the answer."] : []),
    ...(events ? ["Each event arrives as an `Event` with the same `id`, before the answer."] : []),
    "In TypeScript:",
    fenced("ts", sdkLine(contract, first)),
  ];
}

function shellLines(contract: Contract, { title, params, input }: Example): string[] {
  return [`# ${title}`, shellLine(contract, params, input)];
}

/** The payload of the frame, as JSON. */
export function wireLine({ module, action }: Contract, { params, input }: Example): string {
  const payload = { module, action, params, ...(input !== undefined && { input: true }) };
  return JSON.stringify({ type: "CoreCommand", id: 1, payload });
}

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
