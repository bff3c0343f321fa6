import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { descriptorLimit } from "../../internal/facts/descriptor-limit.ts";

test.runIf(process.platform === "linux")("the limit of descriptors is the one that a child inherits", () => {
  const inherited = execFileSync("sh", ["-c", "ulimit -Sn"], { encoding: "utf8" }).trim();
  expect(descriptorLimit()).toBe(inherited === "unlimited" ? undefined : Number(inherited));
});
