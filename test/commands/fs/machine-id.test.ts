import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { machineIdOf } from "../../../internal/commands/fs/shared/machine-id.ts";

test.skipIf(!existsSync("/etc/machine-id"))("the machine id on Linux is that of systemd", async () => {
  expect(await machineIdOf("linux")).toBe(readFileSync("/etc/machine-id", "utf8").trim());
});

test("a platform without a machine id is UNSUPPORTED", async () => {
  await expect(machineIdOf("aix")).rejects.toMatchObject({ code: "UNSUPPORTED" });
});
