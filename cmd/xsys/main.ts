import { endWith } from "./end-with.ts";
import { runOwn } from "./run-own.ts";

// The launchers hide NODE_OPTIONS from this process; the programs that it starts get them back.
const { XSYS_NODE_OPTIONS } = process.env;
if (XSYS_NODE_OPTIONS !== undefined) {
  process.env.NODE_OPTIONS = XSYS_NODE_OPTIONS;
  delete process.env.XSYS_NODE_OPTIONS;
}

void runOwn(process.argv.slice(2)).then(endWith);
