/**
 * Sends a signal to one process. An id that is missing or not above 0 fails here: to the operating system, 0 is the whole
 * group of the test's own process.
 */
export function signalProcess(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || !Number.isInteger(pid) || pid <= 0) throw new Error(`${pid} is not a process id`);
  process.kill(pid, signal);
}
