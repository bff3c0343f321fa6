import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { explainStart } from "../../../protocol/start-failure.ts";
import { findXsys } from "./executable.ts";

/**
 * `true` for `xsys serve`, or the words of a command, to which `--socket PATH` is added. When the command's program is
 * `xsys`, it is found as for `true`.
 */
export type Autostart = true | readonly string[];

/** Milliseconds that a newly started service may take to listen. */
export const AUTOSTART_WAIT = 10_000;

/** A service process that was started and may still fail. */
export interface Started {
  /** The program and the reason, once it has failed. */
  failure(): string | undefined;
}

/** Exit status of BUSY: another service has taken the socket meanwhile, which is no failure. */
const BUSY = 75;

/** Starts a service that outlives this process. Returns at once and never throws; see `failure()`. */
export function startService(socket: string, autostart: Autostart): Started {
  const program = programOf(autostart);
  if ("problem" in program) return { failure: () => `no service could be started: ${program.problem}` };
  const [file = "", ...words] = program.words;
  try {
    return watch(file, spawn(file, [...words, "--socket", socket], { detached: true, stdio: "ignore" }));
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

function watch(file: string, child: ChildProcess): Started {
  let failed: string | undefined;
  child.on("error", (error) => {
    failed = notStarted(file, error);
  });
  child.on("exit", (status, signal) => {
    if (status !== BUSY) failed = ended(file, signal ?? `exit status ${status}`);
  });
  child.unref();
  if (child.pid === undefined) failed = `${file} could not be started`; // the event, which has the reason, comes later
  return { failure: () => failed ?? failureFromProc(file, child) };
}

/**
 * The failure of a child whose "exit" event cannot be emitted because this thread blocks its event loop. Linux keeps
 * the status of a child that was not waited for (proc(5), fields 3 and 52 of /proc/PID/stat). Elsewhere only the event
 * shows it.
 */
function failureFromProc(file: string, { pid, exitCode, signalCode }: ChildProcess): string | undefined {
  if (process.platform !== "linux" || pid === undefined || exitCode !== null || signalCode !== null) return undefined;
  const fields = afterName(pid).split(" ");
  if (fields[0] !== "Z") return undefined;
  const status = Number(fields[49]);
  if (status >> 8 === BUSY) return undefined;
  return ended(file, (status & 0x7f) === 0 ? `exit status ${status >> 8}` : `signal ${status & 0x7f}`);
}

/** The fields of /proc/PID/stat after the program's name, which may contain spaces and parentheses. */
function afterName(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

function ended(file: string, how: string): string {
  return `${file} was started, but ended with ${how}`;
}

function notStarted(file: string, error: unknown): string {
  return `${file} could not be started: ${explainStart(error as Error, { program: file }).message}`;
}
