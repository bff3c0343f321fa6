import module from "node:module";
import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SCRIPT_WORD } from "./script-word.ts";

/**
 * Runs a script of the user's, as `node file arguments…` would, where there is no Node beside the single executable: for
 * the workers of an application. Modules are found from the script's own folder on; what it forks is run by the same
 * means. V8's flags of its heap's size are fixed by then: of Node's own options only `--expose-gc` is there.
 */
export function runScript(): void {
  const words = process.argv.slice(3);
  const options = words[0] === "--expose-gc" ? words.splice(0, 1) : [];
  if (options.length > 0) {
    setFlagsFromString("--expose-gc");
    globalThis.gc = runInNewContext("gc");
  }
  const [file = "", ...rest] = words;
  process.argv.splice(1, Number.POSITIVE_INFINITY, resolve(file), ...rest);
  process.execArgv.unshift(SCRIPT_WORD, ...options); // child_process.fork and cluster put them before the module's name
  (module as typeof module & { runMain(): void }).runMain();
}
