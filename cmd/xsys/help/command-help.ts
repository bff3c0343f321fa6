import type { Contract, Example } from "../../../protocol/contract/command.ts";
import { optionName } from "../../../protocol/contract/params.ts";
import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { COMMON_ERRORS, ERRORS, type ErrorCode, SERVICE_ERRORS } from "../../../protocol/errors.ts";
import { shellLine } from "../command-line.ts";
import { isNumeric } from "../print/shape.ts";
import { columnsUnder, type HelpStyle, layout, rendered } from "./layout.ts";
import { placeholderOf, withPlaceholder } from "./placeholders.ts";
import { type Prose, proseOf } from "./prose.ts";
import { limitWords, unitWords } from "./schema-words.ts";
import { sdkLine } from "./sdk-line.ts";

/** Help for a command. `words` is what follows `xsys` in the usage if it is not module and action. */
export function commandHelp(contract: Contract, style: HelpStyle, words?: string): Promise<string> {
  const { summary, description, params, errors = [], examples, needsService, sdkOnly, heldByService } = contract;
  const { properties = {}, required = [] } = params;
  const byPlace = new Set((contract.positionals ?? []).map(plainName));
  const prose = proseOf(contract);
  const argv = layout(style).usage(
    paragraphs(
      !sdkOnly && `Usage: ${usageLine(contract, words)}`,
      prose(summary),
      words !== undefined && `Short for \`xsys ${contract.module} ${contract.action}\`.`,
      prose(description),
      needsService && !sdkOnly && ASKS_SERVICE,
      heldByService && HELD_BY_SERVICE,
    ),
  );
  for (const [name, schema] of Object.entries(properties)) {
    const option = optionOf(schema, prose);
    if (byPlace.has(name)) argv.positional(name, { ...option, type: yargsType(schema) });
    else {
      const shown = withPlaceholder(optionName(name), placeholderOf(schema));
      argv.option(shown, { ...option, demandOption: required.includes(name) });
    }
  }
  return rendered(
    argv.epilogue(
      paragraphs(
        streamLines(contract, prose),
        errors.length > 0 &&
          columnsUnder(
            "Errors:",
            errors.map((code) => [code, `exit ${ERRORS[code].exit}: ${ERRORS[code].summary}`]),
          ),
        ANY_COMMAND_MAY_FAIL,
        "Global options and exit status: xsys --help",
      ),
    ),
    exampleLines(contract, examples),
  );
}

const ASKS_SERVICE =
  "This command always runs in the running service. If the service is not on the default socket, use --connect SOCKET.";
export const HELD_BY_SERVICE =
  "If XYPRISS_IPC_PATH is set, as in child processes of a XyPriss application, the command runs in the service on " +
  "that socket, because that service holds the handles. --connect, with or without SOCKET, takes precedence. " +
  "Without --connect, XSYS_SOCKET has no effect.";

/** The error codes that contracts do not list. */
export const ANY_COMMAND_MAY_FAIL: string =
  `Any command may fail with ${either(COMMON_ERRORS)}. Through a service, any command may also fail with ` +
  `${either(SERVICE_ERRORS)}.`;

function either(codes: readonly ErrorCode[]): string {
  return new Intl.ListFormat("en-GB", { type: "disjunction" }).format(codes);
}

/** `xsys fs cat <path> [options]` */
export function usageLine(contract: Contract, words = `${contract.module} ${contract.action}`): string {
  const { positionals = [], params } = contract;
  const places = positionals.map((name) => (params.required?.includes(plainName(name)) ? `<${name}>` : `[${name}]`));
  const hasFlags = Object.keys(params.properties ?? {}).length > positionals.length;
  return ["xsys", words, ...places, ...(hasFlags ? ["[options]"] : [])].join(" ");
}

export function plainName(positional: string): string {
  return positional.replace(/\.\.\.$/, "");
}

/** The type is shown only for flags; for other options, the placeholder shows it. */
function optionOf(schema: JsonSchema, prose: Prose) {
  const { description, default: fallback, enum: choices } = schema;
  const [unit, limits] = [unitWords(schema), choices ? "" : limitWords(schema)];
  const notes = [unit, limits].filter((note) => note !== "").join(", ");
  return {
    ...(schema.type === "boolean" && { type: "boolean" as const }),
    describe: [prose(description), choices && `One of ${choices.join(", ")}.`, notes && `(${notes})`]
      .filter(Boolean)
      .join(" "),
    ...(isShownDefault(fallback) && { default: fallback }),
  };
}

/** False and the empty list are not shown as defaults. */
function isShownDefault(fallback: unknown): boolean {
  return fallback !== undefined && fallback !== false && !(Array.isArray(fallback) && fallback.length === 0);
}

function yargsType(schema: JsonSchema): "boolean" | "number" | "string" {
  if (schema.type === "boolean") return "boolean";
  return isNumeric(schema) ? "number" : "string";
}

function streamLines({ input, output }: Contract, prose: Prose): string | undefined {
  const instead = input?.param ? ` --${optionName(input.param)} replaces it.` : "";
  const lines = [
    ...(input ? [`Standard input: ${prose(input.description)}${instead}`] : []),
    ...(output ? [`Standard output: ${prose(output.description)}`] : []),
  ];
  return lines.length > 0 ? lines.join("\n") : undefined;
}

function exampleLines(contract: Contract, examples: readonly Example[]): string {
  if (contract.sdkOnly) {
    const calls = examples.map((example) => `  // ${example.title}\n  ${sdkLine(contract, example)}`);
    return ["Examples, in TypeScript:", ...calls].join("\n");
  }
  const lines = examples.map(({ title, params, input }) => `  # ${title}\n  ${shellLine(contract, params, input)}`);
  return ["Examples:", ...lines].join("\n");
}

function paragraphs(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join("\n\n");
}
