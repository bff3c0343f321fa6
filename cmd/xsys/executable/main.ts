import { endWith } from "../end-with.ts";
import { CHECK_WORD } from "./check-word.ts";

/**
 * Main part of the single executable. Node's warnings are for developers, so they are turned off, as in the launchers.
 */
process.removeAllListeners("warning");
if (process.argv[2] === CHECK_WORD) void import("./check-parts.ts").then(({ checkParts }) => checkParts());
else void runWords();

async function runWords(): Promise<void> {
  const { runOwn } = await import("../run-own.ts");
  endWith(await runOwn(process.argv.slice(2)));
}
