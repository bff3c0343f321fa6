import { SCRIPT_WORD } from "./script-word.ts";

/** The single executable's main part. What Node would warn of is for those who wrote it, as with the launchers. */
const [, , first] = process.argv;
if (first === SCRIPT_WORD) void import("./run-script.ts").then(({ runScript }) => runScript());
else void runWords();

async function runWords(): Promise<void> {
  process.removeAllListeners("warning");
  const { run } = await import("../run.ts");
  process.exitCode = await run(process.argv.slice(2));
}
