import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Runs a full garbage collection. It blocks for 20 to 60 ms with a heap of 20 MiB. */
export function collectGarbage(): void {
  collect ??= exposedCollection();
  collect();
}

/** V8 adds its function `gc` only to contexts that are created while the flag is set. */
function exposedCollection(): () => void {
  setFlagsFromString("--expose-gc");
  try {
    return runInNewContext("gc") as () => void;
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
