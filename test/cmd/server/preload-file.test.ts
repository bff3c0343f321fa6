import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { optionsWith } from "../../../cmd/xsys/server/preload-file.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

test("NODE_OPTIONS keep their words, and name a file with spaces and quotes", async () => {
  const file = await sandbox.write('a "quoted" path/pre load.cjs', `console.log("loaded");`);
  const NODE_OPTIONS = optionsWith(file, "--no-warnings");
  expect(NODE_OPTIONS).toMatch(/^--no-warnings --require "/);
  const env = { ...process.env, NODE_OPTIONS };
  expect(execFileSync(process.execPath, ["-e", "console.log('run')"], { env, encoding: "utf8" })).toBe("loaded\nrun\n");
});
