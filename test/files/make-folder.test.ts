import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { makeFolder } from "../../internal/files/make-folder.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

test("a folder is made with those above it, and left as it is when it is there", () => {
  const folder = sandbox.path("a/b/c");
  makeFolder(folder, 0o700);
  makeFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(sandbox.path("a")).mode & 0o777).toBe(0o700);
});

test("a file in its way, at its end or before, is told", async () => {
  const file = await sandbox.write("file", "");
  expect(() => makeFolder(file)).toThrow("EEXIST");
  expect(() => makeFolder(`${file}/below`)).toThrow("ENOTDIR");
});

test.runIf(process.platform === "linux")("a place that takes no folders is told, and not tried for ever", () => {
  expect(() => makeFolder("/proc/xsys-test/below")).toThrow("ENOENT");
});
