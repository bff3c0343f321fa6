import { listKernelFolder, readKernelLink } from "./kernel-file.ts";
import { inTurns } from "./turns.ts";

/**
 * Process ids by socket inode: /proc/PID/fd contains links to `socket:[INODE]`, proc_pid_fd(5). If processes share a
 * socket, the lowest pid is returned. Other users' descriptors can only be read with privileges; else they are left
 * out.
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
