import { ANY_COMMAND_MAY_FAIL, HELD_BY_SERVICE, plainName, usageLine } from "../../cmd/xsys/help/command-help.ts";
import { fieldsOf, limitWords, typeWords, unitWords } from "../../cmd/xsys/help/schema-words.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { optionName } from "../../protocol/contract/params.ts";
import type { JsonSchema } from "../../protocol/contract/schema.ts";
import { errorTable } from "./errors-page.ts";
import { exampleParts } from "./examples.ts";
import { code, page, table } from "./markdown.ts";

const ASKS_SERVICE = "Requires a running service; the command line always connects to it.";

/** docs/commands/<module>/<action>.md */
export function commandPage(contract: Contract): string {
  const { module, action, summary, description, changes, needsService, sdkOnly, since, result } = contract;
  return page(
    `# ${module} ${action}`,
    summary,
    description,
    needsService && (sdkOnly ? "Requires a running service." : ASKS_SERVICE),
    contract.heldByService && HELD_BY_SERVICE,
    contract.progress && "Reports progress: to `onProgress` in the SDK, as a progress bar on a terminal.",
    contract.plain && `The command line prints only \`${contract.plain}\`.`,
    !sdkOnly && `\`${usageLine(contract)}\``,
    `Since ${since}. ${changes ? "Changes state." : "Read-only."}`,
    ...exampleParts(contract),
    "## Parameters",
    paramTable(contract),
    ...streamParts(contract),
    ...eventParts(contract),
    "## Answer",
    ...answerParts(result),
    "## Errors",
    ...errorParts(contract),
  );
}

function paramTable({ params, positionals = [] }: Contract): string {
  const { properties = {}, required = [] } = params;
  const places = new Map(positionals.map((positional) => [plainName(positional), positional]));
  const rows = Object.entries(properties).map(([name, schema]) => [
    code(name),
    code(places.has(name) ? `<${places.get(name)}>` : `--${optionName(name)}`),
    typeCell(schema, limitWords(schema)),
    defaultCell(schema, required.includes(name)),
    unitWords(schema),
    schema.description ?? "",
  ]);
  return rows.length === 0
    ? "None."
    : table(["Name", "On the command line", "Type", "Default", "Unit", "Meaning"], rows);
}

function streamParts({ input, output }: Contract): string[] {
  const instead = input?.param ? ` The parameter ${code(input.param)} replaces it.` : "";
  return [
    ...(input ? ["## Input", `${input.description}${instead}`] : []),
    ...(output ? ["## Output", output.description] : []),
  ];
}

function eventParts({ events, output }: Contract): string[] {
  if (events === undefined) return [];
  const where = output ? ["In TypeScript, they are the `events` of the byte stream."] : [];
  return ["## Events", ...answerParts(events), ...where];
}

/** The type and fields of the answer, or of each alternative. */
function answerParts(schema: JsonSchema): string[] {
  if (schema.anyOf) return schema.anyOf.flatMap((choice, i) => [i === 0 ? "Either:" : "Or:", ...answerParts(choice)]);
  const type = typeCell(schema);
  const rows = fieldsOf(schema).map(({ name, schema: field, optional }) => [
    code(name),
    typeCell(field, optional ? "optional" : ""),
    unitWords(field),
    field.description ?? "",
  ]);
  return [
    [`${type[0]?.toUpperCase()}${type.slice(1)}.`, schema.description].filter(Boolean).join(" "),
    ...(rows.length > 0 ? [table(["Field", "Type", "Unit", "Meaning"], rows)] : []),
  ];
}

function errorParts({ errors = [] }: Contract): string[] {
  const any = `${ANY_COMMAND_MAY_FAIL} See [all errors](../../errors.md).`;
  return [...(errors.length > 0 ? [errorTable(errors)] : []), any];
}

function typeCell(schema: JsonSchema, ...notes: readonly string[]): string {
  const type = schema.enum ? `one of ${schema.enum.map((value) => code(String(value))).join(", ")}` : typeWords(schema);
  return [type, ...notes].filter((part) => part !== "").join(", ");
}

function defaultCell({ default: fallback }: JsonSchema, isRequired: boolean): string {
  if (isRequired) return "required";
  return fallback === undefined ? "none" : code(JSON.stringify(fallback));
}
