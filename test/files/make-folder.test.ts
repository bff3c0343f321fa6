import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { makeFolder } from "../../internal/files/make-folder.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

test("a directory is created with its parents, and an existing one is unchanged", () => {
  const folder = sandbox.path("a/b/c");
  makeFolder(folder, 0o700);
  makeFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(sandbox.path("a")).mode & 0o777).toBe(0o700);
});

test("a file in its path, or at its end, is an error", async () => {
  const file = await sandbox.write("file", "");
  expect(() => makeFolder(file)).toThrow("EEXIST");
  expect(() => makeFolder(`${file}/below`)).toThrow("ENOTDIR");
});

test.runIf(process.platform === "linux")(
  "a place where no directory can be created is an error, and is not retried endlessly",
  () => {
    expect(() => makeFolder("/proc/xsys-test/below")).toThrow("ENOENT");
  },
);
