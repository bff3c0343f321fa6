import { readlinkSync } from "node:fs";

/**
 * Identifies a socket in every process that has it: the inode in the link `socket:[INODE]`, proc_pid_fd(5). Undefined for
 * a descriptor of this process that is not open, or no socket.
 */
export function socketInode(descriptor: number): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1];
  } catch {
    return undefined;
  }
}
