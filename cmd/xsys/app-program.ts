import { existsSync } from "node:fs";
import type { CommandLine } from "../../internal/front/command-line.ts";
import { parseWords } from "./argv.ts";
import { DAEMON_OPTIONS } from "./daemon-options.ts";
import { kindsOf } from "./flags/read-flags.ts";
import { DAEMON_WORD } from "./words.ts";

/** Read by `prydam daemon` without --config, if it exists. */
const CONFIG = "/etc/prydam/config.toml";

const NOTHING_TO_SAVE = "There is nothing to save: start, stop, scale and delete are saved as they are done.";

/**
 * Runs a command line of the program under a name such as `prydam`: `prydam start server.js` is `xsys app start
 * server.js`. `run` runs the words of `xsys`.
 */
export async function runAppProgram(
  program: string,
  line: CommandLine,
  run: (words: readonly string[]) => Promise<number>,
  config: string = CONFIG,
): Promise<number> {
  const { globals, positionals } = parseWords(line.words);
  const [first] = positionals;
  const { stdout } = line;
  if (globals.version) {
    const { versionText } = await import("./version-text.ts");
    await stdout.write(`${versionText(program)}\n`);
    return 0;
  }
  if (globals.help || first === undefined || first === "help") {
    const { appProgramHelp } = await import("./help/app-program-help.ts");
    const about = first === "help" ? positionals.slice(1) : positionals;
    await stdout.write(await appProgramHelp(program, about, { columns: stdout.columns ?? 80 }));
    return 0;
  }
  if (first === "save") {
    await stdout.write(globals.json ? '{"status":"ok","data":null}\n' : `${NOTHING_TO_SAVE}\n`);
    return 0;
  }
  if (first !== DAEMON_WORD) return run(["app", ...line.words]);
  const { options } = parseWords(line.words, { kinds: kindsOf(DAEMON_OPTIONS) });
  const isConfigured = options.has("config") || !existsSync(config);
  return run(isConfigured ? line.words : [...line.words, "--config", config]);
}
