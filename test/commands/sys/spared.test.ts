import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/call-as-user.ts", import.meta.url));
const sandbox = useSandbox();

test.runIf(process.platform === "linux")("kill by name spares the ancestors of the calling process", async () => {
  const name = `xsys-${process.pid}-asks`;
  await copyFile("/bin/sh", sandbox.path(name));
  const asks = `"${process.execPath}" "${FIXTURE}" ${process.getuid?.()} sys.kill '{"name":"${name}"}'; echo alive`;
  const { stdout } = await promisify(execFile)(sandbox.path(name), ["-c", asks]);
  const [answer = "", after] = stdout.split("\n");
  expect(JSON.parse(answer)).toMatchObject({ code: "DENIED", message: expect.stringContaining(name) });
  expect(after).toBe("alive");
});
