import { truncate, utimes } from "node:fs/promises";
import { expect, test } from "vitest";
import { differingFiles, fingerprintsOf } from "../../../internal/keeper/versions/fingerprints.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { appSpec } from "../support/app-spec.ts";

const sandbox = useSandbox();
const fingerprints = (...words: readonly string[]) =>
  fingerprintsOf(appSpec("web", { command: ["/none/node", ...words], cwd: sandbox.root }));

test("are of the files that the words name, and of nothing else", async () => {
  await sandbox.write("server.js", "one");
  await sandbox.write("folder/file", "");
  const files = await fingerprints("--flag", "server.js", "folder", "gone.js", "server.js");
  expect(files).toEqual({ [sandbox.path("server.js")]: expect.stringMatching(/^[\da-f]{16}$/) });
});

test("change with the contents, and not with the time", async () => {
  await sandbox.write("server.js", "one");
  const before = await fingerprints("server.js");
  await utimes(sandbox.path("server.js"), 1, 1);
  expect(await fingerprints("server.js")).toEqual(before);
  await sandbox.write("server.js", "two");
  const after = await fingerprints("server.js");
  expect(differingFiles(before, after)).toEqual([sandbox.path("server.js")]);
  expect(differingFiles(before, {})).toEqual([sandbox.path("server.js")]);
  expect(differingFiles(before, before)).toEqual([]);
});

test("of large files change with size and time", async () => {
  await sandbox.write("program", "");
  await truncate(sandbox.path("program"), 5 * 1024 ** 2);
  await utimes(sandbox.path("program"), 1, 1);
  const before = await fingerprints("program");
  expect(Object.values(before)).toEqual(["5242880 bytes of 1970-01-01T00:00:01.000Z"]);
  await utimes(sandbox.path("program"), 2, 2);
  expect(await fingerprints("program")).not.toEqual(before);
});

test("are of eight files at most", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `file-${index}`);
  for (const name of names) await sandbox.write(name, name);
  expect(Object.keys(await fingerprints(...names))).toHaveLength(8);
});
