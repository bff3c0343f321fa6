import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach } from "vitest";

/** Tracks the processes that a test starts. Those still running after the test are killed by process id. */
export function useChildren(): { add<C extends ChildProcess>(child: C): C } {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
  return {
    add(child) {
      children.push(child);
      return child;
    },
  };
}
