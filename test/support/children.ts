import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach } from "vitest";

/** Processes that a test starts: those that still run after it are killed, by id. */
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
