import type { CommandLine } from "../../internal/front/command-line.ts";
import { callerPid } from "./launcher-environment.ts";
import { StandardError, StandardInput, StandardOutput } from "./standard-streams.ts";

/** The command line of this process. */
export function ownCommandLine(words: readonly string[]): CommandLine & { readonly stdout: StandardOutput } {
  return {
    words,
    get cwd() {
      return process.cwd();
    },
    env: process.env,
    get callerPid() {
      return callerPid();
    },
    stdin: new StandardInput(),
    stdout: new StandardOutput(),
    stderr: new StandardError(),
    onInterrupt: (listener) => {
      process.once("SIGINT", listener).once("SIGTERM", listener);
      return () => void process.off("SIGINT", listener).off("SIGTERM", listener);
    },
  };
}
