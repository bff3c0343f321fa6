import { endWith } from "../end-with.ts";
import { CHECK_WORD } from "./check-word.ts";

/** The single executable's main part. What Node would warn of is for those who wrote it, as with the launchers. */
process.removeAllListeners("warning");
if (process.argv[2] === CHECK_WORD) void import("./check-parts.ts").then(({ checkParts }) => checkParts());
else void runWords();

async function runWords(): Promise<void> {
  const { run } = await import("../run.ts");
  endWith(await run(process.argv.slice(2)));
}
