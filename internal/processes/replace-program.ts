import { isMainThread } from "node:worker_threads";
import { XsysError } from "../../protocol/errors.ts";
import { CLibrary } from "../base/c-library.ts";
import { fromErrno, isErrno } from "../base/errno.ts";

/**
 * Replaces the program of this process by another one, execve(2). Does not return.
 *
 * What stays: the pid, the parent, the children, the process group and session, standard input, output and error, the
 * descriptors in `keep` under their numbers, and ignored signals. What ends, without any event: all else that is in
 * memory, threads, timers, connections, and the pipes to children that are not in `keep`. The new program gets no `exit`
 * events of the children: ExitWatch tells how they end, and reaps them.
 *
 * @param args - without the program's name.
 * @throws UNSUPPORTED without node:ffi, where Node has no process.execve, which is experimental, in worker threads, and
 *   on other systems than Linux. INVALID_PARAMS if a number in `keep` is no open descriptor. The error of execve(2), such
 *   as NOT_FOUND. After an error this process goes on unchanged.
 */
export function replaceProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  keep: readonly number[],
): never {
  const cannot = "this process cannot replace its program";
  const { fcntl } = library.need(cannot);
  if (!isMainThread) throw new XsysError("UNSUPPORTED", `${cannot}: it runs in a worker thread`);
  if (process.execve === undefined) throw new XsysError("UNSUPPORTED", `${cannot}: Node has no process.execve`);
  const flags = keep.map((descriptor) => fcntl(descriptor, F_GETFD, 0));
  const closed = keep[flags.findIndex((each) => each < 0)];
  if (closed !== undefined) throw new XsysError("INVALID_PARAMS", `${cannot}: descriptor ${closed} is not open`);
  try {
    for (const descriptor of keep) fcntl(descriptor, F_SETFD, 0);
    return execute(program, args, env);
  } catch (error) {
    for (const [index, descriptor] of keep.entries()) fcntl(descriptor, F_SETFD, flags[index] as number);
    throw isErrno(error) ? fromErrno(error, "replacing the program", program) : error;
  }
}

/** fcntl(2): the flags of a descriptor. The only one is FD_CLOEXEC. */
const [F_GETFD, F_SETFD] = [1, 2];

const library = new CLibrary({ fcntl: { arguments: ["int32", "int32", "int32"], return: "int32" } });

function execute(program: string, args: readonly string[], env: Readonly<Record<string, string>>): never {
  const { emitWarning } = process;
  process.emitWarning = () => {}; // it emits an ExperimentalWarning
  try {
    return process.execve?.(program, [program, ...args], env) as never;
  } finally {
    process.emitWarning = emitWarning;
  }
}
