import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import type { CommandName, Result } from "../../../protocol/commands/index.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { endSleepers, startSleeper } from "./support/sleeper.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/call-as-user.ts", import.meta.url));

const sandbox = useSandbox();
afterEach(endSleepers);

const NOBODY = 65534;
const WITHOUT_NAME = 54321;

interface Outcome<N extends CommandName> {
  readonly result: Result<N>;
  readonly code?: string;
  readonly message?: string;
}

async function callAs<N extends CommandName>(uid: number, name: N, params: object = {}): Promise<Outcome<N>> {
  const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, `${uid}`, name, JSON.stringify(params)]);
  return JSON.parse(stdout);
}

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("an unprivileged user", () => {
  test("sees every process, but I/O counters and executables only of their own", async () => {
    const { result } = await callAs(NOBODY, "sys.processes");
    const own = result.find(({ user_id }) => user_id === `${NOBODY}`);
    expect(own?.cmd).toContain("sys.processes");
    const first = result.find(({ pid }) => pid === 1);
    expect(first).toMatchObject({ user_id: "0", disk_read: 0, disk_write: 0 });
    expect(first).not.toHaveProperty("exe");
  });
  test("cannot end another user's process", async () => {
    const outcome = await callAs(NOBODY, "sys.kill", { pid: 1 });
    expect(outcome).toMatchObject({ code: "DENIED", message: expect.stringContaining("process 1 ") });
  });
  test("gets an error that names the processes that could not be ended", async () => {
    const name = `xsys-${process.pid}-root`;
    const { pid } = await startSleeper(sandbox, name);
    expect(await callAs(NOBODY, "sys.kill", { name })).toMatchObject({
      code: "DENIED",
      message: expect.stringContaining(`process ${pid} (${name})`),
    });
  });
  test("without an entry in the user database has the user id as name, and / as home", async () => {
    expect((await callAs(WITHOUT_NAME, "sys.user")).result).toEqual({
      username: `${WITHOUT_NAME}`,
      uid: WITHOUT_NAME,
      gid: WITHOUT_NAME,
      home: "/",
      shell: "",
    });
    expect((await callAs(WITHOUT_NAME, "sys.home-dir")).result).toBe("/");
    expect((await callAs(WITHOUT_NAME, "sys.paths")).result).toMatchObject({ home: "/", config: "/.config" });
  });
});
