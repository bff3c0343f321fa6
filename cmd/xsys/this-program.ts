import type { OwnProgram } from "../../internal/base/context.ts";
import { APP_GATEWAY_WORD, DAEMON_WORD, KEEPER_WORD } from "./words.ts";

/** Program and arguments that start this program again, from the sources or as the executable. Words follow. */
export function thisCommand(): [string, ...string[]] {
  const [, script = ""] = process.argv;
  return isExecutable() ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}

/** How this program starts further processes of its own. */
export const thisProgram: OwnProgram = {
  get keeper(): [string, ...string[]] {
    return [...thisCommand(), KEEPER_WORD];
  },
  get appGateway(): [string, ...string[]] {
    return [...thisCommand(), APP_GATEWAY_WORD];
  },
  preload: async () => (await (await import("./server/preload-file.ts")).preloadFile()).file,
  get daemon(): [string, ...string[]] {
    return [...thisCommand(), DAEMON_WORD];
  },
  node: async () => (await import("./this-node.ts")).thisNode(),
};

/** Loads the module when it is needed: most one-shot calls do not ask. */
function isExecutable(): boolean {
  return process.getBuiltinModule("node:sea").isSea();
}
