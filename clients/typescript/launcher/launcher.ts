/**
 * The programs of the npm package, such as `xsys` and `prydam`: they run the executable in the package for this platform. The
 * launcher runs on the user's Node, 20 or later. The build bundles it into one CommonJS file: ES modules would take 10
 * ms more.
 */
import { appProgram } from "./app-program.ts";
import { findProgram } from "./find-program.ts";
import { programFault } from "./program-fault.ts";
import { replaceProcess } from "./replace-process.ts";
import { runAsChild } from "./run-as-child.ts";

/** Exit status of UNAVAILABLE. */
const UNAVAILABLE = 69;

const found = findProgram(__filename);
if ("problem" in found) fail(found.problem);
else run(found.file, process.argv.slice(2));

function run(file: string, words: readonly string[]): void {
  const fault = programFault(file);
  if (fault !== undefined) {
    fail(`${file} could not be started: ${fault}`);
    return;
  }
  const name = appProgram(process.argv[1] ?? "") ?? file;
  replaceProcess(file, words, name);
  runAsChild(file, words, name, (error) => fail(`${file} could not be started: ${error.message}`));
}

function fail(message: string): void {
  console.error(`xsys: ${message}`);
  process.exitCode = UNAVAILABLE;
}
