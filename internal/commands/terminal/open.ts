import { stat } from "node:fs/promises";
import { open } from "../../../protocol/commands/terminal.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { findProgram } from "./shared/find-program.ts";
import type { PtyOptions, PtyProgram } from "./shared/pty-program.ts";
import { terminalsOf } from "./shared/terminals.ts";
import { typeAll } from "./shared/type-all.ts";

export default handle(open, async ({ command, cwd: folder, env: given, ...size }, context) => {
  const { host, peer, signal, input, output, events } = context;
  const cwd = folder ?? host.root;
  const env = { ...ownEnvironment(), ...given };
  const free = terminalsOf(host).reserve();
  try {
    await refuseNoFolder(cwd);
    const file = await findProgram(command, { cwd, env });
    const program = await startProgram({ ...size, file, cwd, env }, signal);
    const terminal = terminalsOf(host).add(program, peer);
    const stop = () => void program.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await events.emit({ started: { terminal, pid: program.pid } });
      void typeAll(input, program);
      for await (const bytes of program.output()) await output.write(bytes);
      signal.throwIfAborted();
      return await program.ended;
    } finally {
      signal.removeEventListener("abort", stop);
      await program.stop();
      terminalsOf(host).delete(terminal);
    }
  } finally {
    free();
  }
});

/** node-pty has binaries for glibc, macOS and Windows only. It is imported when the first terminal is opened. */
async function startProgram(options: PtyOptions, signal: AbortSignal): Promise<PtyProgram> {
  const { PtyProgram } = await import("./shared/pty-program.ts").catch((cause) => {
    throw new XsysError("UNSUPPORTED", "terminal.open: terminals are not supported on this platform", { cause });
  });
  signal.throwIfAborted();
  try {
    return new PtyProgram(options);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new XsysError("IO_ERROR", `terminal.open: ${options.file} cannot be started: ${why}`, { cause });
  }
}

/** The service's environment without the variables that describe the terminal in which the service was started. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { TMUX, TMUX_PANE, STY, WINDOW, WINDOWID, TERMCAP, COLUMNS, LINES, ...env } = process.env;
  return env;
}

async function refuseNoFolder(cwd: string): Promise<void> {
  if ((await stat(cwd)).isDirectory()) return;
  throw new XsysError("NOT_A_DIRECTORY", `terminal.open: the working directory ${cwd} is not a folder`, {
    details: { path: cwd },
  });
}
