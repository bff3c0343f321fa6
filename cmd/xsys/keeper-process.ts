import { KEEPER_READY } from "../../internal/keeper/ready-line.ts";
import { runKeeper } from "../../internal/keeper/run.ts";
import { limitArenas } from "../../internal/memory/allocator.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import { refuseDebugger } from "./refuse-debugger.ts";
import { thisProgram } from "./this-program.ts";

/** Runs the keeper of apps, and ends this process. */
export async function runKeeperProcess(): Promise<never> {
  limitArenas();
  refuseDebugger();
  process.stdout.on("error", () => {}); // nobody waits for a keeper that takes over
  try {
    await runKeeper({
      env: process.env,
      program: thisProgram,
      ready: () => void process.stdout.write(`${KEEPER_READY}\n`),
    });
    process.exit(0);
  } catch (error) {
    console.error(error instanceof XsysError ? error.message : error);
    process.exit(ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit);
  }
}
