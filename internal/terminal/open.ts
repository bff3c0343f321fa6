import { stat } from "node:fs/promises";
import { open } from "../../protocol/commands/terminal.ts";
import { XsysError } from "../../protocol/errors.ts";
import { handle } from "../handler.ts";
import { findProgram } from "./find-program.ts";
import { PtyProgram } from "./pty-program.ts";
import { terminalsOf } from "./terminals.ts";
import { typeAll } from "./type-all.ts";

export default handle(open, async ({ command, cwd: folder, env: given, ...size }, context) => {
  const { host, peer, signal, input, output, events } = context;
  const cwd = folder ?? host.root;
  const env = { ...ownEnvironment(), ...given };
  const free = terminalsOf(host).reserve();
  try {
    await refuseNoFolder(cwd);
    const file = await findProgram(command, { cwd, env });
    signal.throwIfAborted();
    const program = new PtyProgram({ ...size, file, cwd, env });
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

/** Without what tells of a terminal that the service itself was started in, and is not this one. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { TMUX, TMUX_PANE, STY, WINDOW, WINDOWID, TERMCAP, COLUMNS, LINES, ...env } = process.env;
  return env;
}

async function refuseNoFolder(cwd: string): Promise<void> {
  if ((await stat(cwd)).isDirectory()) return;
  throw new XsysError("NOT_A_DIRECTORY", `terminal.open: ${cwd} is no folder to run in`, { details: { path: cwd } });
}
