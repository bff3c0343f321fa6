import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { childProcesses } from "../../internal/facts/child-processes.ts";

test.runIf(process.platform === "linux")("the descriptor limit is the one that a child process inherits", () => {
  const inherited = execFileSync("sh", ["-c", "ulimit -Sn"], { encoding: "utf8" }).trim();
  expect(childProcesses.descriptorLimit()).toBe(inherited === "unlimited" ? undefined : Number(inherited));
});
