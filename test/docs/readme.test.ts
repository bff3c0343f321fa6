import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ended } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

test("the README's TypeScript example runs unchanged", async () => {
  const readme = await readFile(`${ROOT}/README.md`, "utf8");
  const [, example = ""] = /```ts\n(import \{ connect \} from "xsys";[\s\S]*?)```/.exec(readme) ?? [];
  await sandbox.write("package.json", "{}");
  const service = await startTestService({ root: sandbox.root });
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", example], {
    cwd: ROOT,
    env: { ...process.env, XSYS_SOCKET: service.socket },
  });
  const { status, stdout, stderr } = await ended(child);
  service.stop(true);
  await service.ended;
  expect([status, stderr]).toEqual([0, ""]);
  expect(await sandbox.read("out/hello.txt")).toBe("hello\n");
  expect(stdout).toMatch(/^hello\n[0-9a-f]{64} [\d.]+ \d+ NOT_FOUND\n$/);
});
