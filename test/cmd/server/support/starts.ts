import { fileURLToPath } from "node:url";
import { useChildren } from "../../../support/children.ts";
import { xsys } from "../../../support/command-line.ts";
import { useSandbox } from "../../../support/sandbox.ts";
import { startServer } from "../../../support/started-server.ts";

export const SIGNATURE = ["--signature", "0123456789abcdef".repeat(8)];
/** A worker of a XyPriss application. */
export const WORKER: string = fileURLToPath(new URL("../../fixtures/xypriss-worker.mjs", import.meta.url));

/** Starts of `xsys server start` in a sandbox. What they leave running is ended after the test. */
export function useStarts() {
  const sandbox = useSandbox();
  const children = useChildren();
  const onSocket = (...words: string[]) => ["--port", "0", "--ipc", sandbox.path("s"), ...words];
  return {
    sandbox,
    children,
    /** Words for a free port, and the socket `s` in the sandbox. */
    onSocket,
    withWorkers: (count: number) => onSocket("--cluster", "--entry-point", WORKER, "--cluster-workers", `${count}`),
    start: (...words: string[]) => startServer(words, { cwd: sandbox.root, add: children.add }),
    /** Runs a start that fails, and returns its output. */
    failing: (...words: string[]) => xsys(["server", "start", ...words], { cwd: sandbox.root }),
  };
}

/** The status and the body of an answer. */
export async function get(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}
