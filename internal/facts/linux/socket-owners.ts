import { listKernelFolder, readKernelLink } from "./kernel-file.ts";
import { inTurns } from "./turns.ts";

/**
 * Process ids by socket inode: /proc/PID/fd holds links to `socket:[INODE]`, proc_pid_fd(5). Of processes that share a
 * socket the one with the lowest id counts. Other users' descriptors need privileges; without them they are left out.
 */
export async function readSocketOwners(signal: AbortSignal): Promise<Map<string, number>> {
  const owners = new Map<string, number>();
  const pids = listKernelFolder("/proc").map(Number).filter(Number.isInteger);
  await inTurns(
    pids.sort((a, b) => a - b),
    signal,
    (pid) => addSockets(pid, owners),
  );
  return owners;
}

function addSockets(pid: number, owners: Map<string, number>): void {
  for (const descriptor of listKernelFolder(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(readKernelLink(`/proc/${pid}/fd/${descriptor}`) ?? "")?.[1];
    if (inode !== undefined && !owners.has(inode)) owners.set(inode, pid);
  }
}
