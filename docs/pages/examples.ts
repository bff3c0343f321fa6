import { shellLine } from "../../cmd/xsys/command-line.ts";
import { sdkLine } from "../../cmd/xsys/help/sdk-line.ts";
import type { Contract, Example } from "../../protocol/contract/command.ts";
import { fenced } from "./markdown.ts";

/**
 * All examples as command lines, and the first one also as a message on the socket and as a call in TypeScript. A
 * command for SDK clients only has no command lines.
 */
export function exampleParts(contract: Contract): string[] {
  const { examples, output, events, sdkOnly } = contract;
  const [first] = examples;
  if (first === undefined) throw new Error(`${contract.name} has no example`);
  return [
    "## Examples",
    ...(sdkOnly ? [] : [fenced("sh", ...shellExamples(contract))]),
    "Over the socket:",
    fenced("json", wireLine(contract, first)),
    ...(first.input === undefined ? [] : ["The input follows in chunks with the same `id`; the last chunk is marked."]),
    ...(output ? ["The bytes arrive in chunks with the same `id`, followed by the answer."] : []),
    ...(events ? ["Each event arrives as an `Event` with the same `id`, before the answer."] : []),
    "In TypeScript:",
    fenced("ts", sdkLine(contract, first)),
  ];
}

function shellExamples(contract: Contract): string[] {
  return contract.examples.flatMap((example, i) => [...(i > 0 ? [""] : []), ...shellLines(contract, example)]);
}

function shellLines(contract: Contract, { title, params, input }: Example): string[] {
  return [`# ${title}`, shellLine(contract, params, input)];
}

/** The payload of the frame, as JSON. */
export function wireLine({ module, action }: Contract, { params, input }: Example): string {
  const payload = { module, action, params, ...(input !== undefined && { input: true }) };
  return JSON.stringify({ type: "CoreCommand", id: 1, payload });
}
