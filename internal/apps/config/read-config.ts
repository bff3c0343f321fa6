import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import { MAX_CONFIG_SIZE } from "./limits.ts";
import type { LoadOptions } from "./load-options.ts";
import { refuseUnusual } from "./refuse-unusual.ts";

/**
 * The contents of a configuration file, of any shape, as JSON values.
 * @throws INVALID_DATA, TOO_LARGE, TIMEOUT, UNSUPPORTED
 */
export async function readConfig(file: string, options: LoadOptions): Promise<unknown> {
  const { size } = await stat(file);
  if (size > MAX_CONFIG_SIZE) throw new XsysError("TOO_LARGE", `the configuration ${file} is larger than 1 MiB`);
  const contents = await parsed(file, options);
  refuseUnusual(contents, file);
  return contents;
}

async function parsed(file: string, options: LoadOptions): Promise<unknown> {
  switch (extname(file)) {
    case ".json":
      return parseText(file, (text) => JSON.parse(text));
    case ".toml": {
      const { parseToml } = await import("./toml.ts");
      return parseText(file, parseToml);
    }
    case ".yaml":
    case ".yml": {
      const { parseYaml } = await import("./yaml.ts");
      return parseText(file, parseYaml);
    }
    default: {
      const { runConfig } = await import("./run-config.ts");
      return runConfig(file, options);
    }
  }
}

async function parseText(file: string, parse: (text: string) => unknown): Promise<unknown> {
  const bytes = await readFile(file);
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new XsysError("INVALID_DATA", `the configuration ${file} is invalid: ${firstLine(error)}`, { cause: error });
  }
}

/** Parsers show the place in further lines. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0]?.replace(/:$/, "") ?? "";
}
