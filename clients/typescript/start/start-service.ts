import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { explainStart } from "../../../protocol/start-failure.ts";
import { findXsys } from "./executable.ts";

/** `true` for `xsys serve`, or the words of a command to which `--socket PATH` is added; the program `xsys` is found as for `true`. */
export type Autostart = true | readonly string[];

/** Milliseconds that a service which was just started may take to listen. */
export const AUTOSTART_WAIT = 10_000;

/** A service that was started, and that may not stay. */
export interface Started {
  /** Why it does not stay, once it does not: what was started, and what happened. */
  failure(): string | undefined;
}

/** Another service was faster, which serves as well: exit status of BUSY. */
const BUSY = 75;

/** Starts a service that outlives this process. Nothing is thrown and nothing is waited for: `failure()` tells. */
export function startService(socket: string, autostart: Autostart): Started {
  const program = programOf(autostart);
  if ("problem" in program) return { failure: () => `none could be started: ${program.problem}` };
  const [file = "", ...words] = program.words;
  try {
    return watched(file, spawn(file, [...words, "--socket", socket], { detached: true, stdio: "ignore" }));
  } catch (error) {
    return { failure: () => notStarted(file, error) };
  }
}

function programOf(autostart: Autostart): ReturnType<typeof findXsys> {
  const [name, ...words] = autostart === true || autostart.length === 0 ? ["xsys", "serve"] : autostart;
  if (name !== "xsys") return { words: [name as string, ...words] };
  const found = findXsys();
  return "problem" in found ? found : { words: [...found.words, ...words] };
}

function watched(file: string, child: ChildProcess): Started {
  let failed: string | undefined;
  child.on("error", (error) => {
    failed = notStarted(file, error);
  });
  child.on("exit", (status, signal) => {
    if (status !== BUSY) failed = ended(file, signal ?? `exit status ${status}`);
  });
  child.unref();
  if (child.pid === undefined) failed = `${file} could not be started`; // the event, which has the reason, comes later
  return { failure: () => failed ?? endedUnseen(file, child) };
}

/**
 * The end of a child whose event cannot come because this thread waits without its event loop: Linux keeps the status of
 * a child that nobody has waited for (proc(5), fields 3 and 52 of /proc/PID/stat). Elsewhere only the event tells.
 */
function endedUnseen(file: string, { pid, exitCode, signalCode }: ChildProcess): string | undefined {
  if (process.platform !== "linux" || pid === undefined || exitCode !== null || signalCode !== null) return undefined;
  const fields = afterName(pid).split(" ");
  if (fields[0] !== "Z") return undefined;
  const status = Number(fields[49]);
  if (status >> 8 === BUSY) return undefined;
  return ended(file, (status & 0x7f) === 0 ? `exit status ${status >> 8}` : `signal ${status & 0x7f}`);
}

/** What follows the program's name in its line of /proc, which may itself have spaces and parentheses. */
function afterName(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

function ended(file: string, how: string): string {
  return `${file}, which was started to listen there, ended with ${how}`;
}

function notStarted(file: string, error: unknown): string {
  return `${file} could not be started: ${explainStart(error as Error, { program: file }).message}`;
}
