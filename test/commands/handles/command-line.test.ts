import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Service } from "../../../internal/host/service.ts";
import { xsys } from "../../support/command-line.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";
import { XyprissDirect } from "../../support/xypriss-direct.ts";

const sandbox = useSandbox();

/** Runs a command as XyPriss's client does, with the environment of its application. */
async function run(words: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout } = await xsys(["--json", "--root", sandbox.root, ...words], {
    env: { ...process.env, ...env },
  });
  return { exit: status, ...JSON.parse(stdout) };
}

describe("without a service, the command line", () => {
  test("opens a file for its side effects, prints a plain number, and accepts any handle in close", async () => {
    const { status, data } = await run(["fs", "open", "new.txt", "--flags", "577", "--mode", "0644"]);
    expect([status, typeof data]).toEqual(["ok", "number"]);
    expect(await sandbox.read("new.txt")).toBe("");
    expect(await run(["fs", "close", "--handle", String(data)])).toEqual({ exit: 0, status: "ok", data: null });
    const { exit, code, message } = await run(["fs", "handle-stat", "--handle", String(data)]);
    expect([exit, code]).toEqual([66, "NOT_FOUND"]);
    expect(message).toContain("handles exist only in a service");
  });
});

describe("with XYPRISS_IPC_PATH, the command line", () => {
  let service: Service;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    service = await startTestService();
    env = { XYPRISS_IPC_PATH: service.socket };
  });
  afterEach(async () => {
    service.stop(true);
    await service.ended;
  });

  test("opens, reads and closes a handle of the service, in separate processes", async () => {
    await sandbox.write("a.txt", "hello");
    const { data: handle } = await run(["fs", "open", "a.txt"], env);
    expect(handle).toBeGreaterThan(0);
    const read = ["fs", "handle-read", "--handle", String(handle), "--length", "3"];
    expect((await run(read, env)).data).toEqual({ content: "68656c" });
    expect((await run(read, env)).data).toEqual({ content: "6c6f" });
    const back = ["fs", "handle-seek", "--handle", String(handle), "--offset", "-4", "--whence", "1"];
    expect((await run(["--connect", service.socket, ...back])).data).toEqual({ pos: 1 });
    expect((await run(read, env)).data).toEqual({ content: "656c6c" });
    expect((await run(["fs", "close", "--handle", String(handle)], env)).exit).toBe(0);
    expect(await run(read, env)).toMatchObject({ exit: 66, code: "NOT_FOUND" });
  });

  test("closes a handle that the application opened over its socket", async () => {
    const application = new XyprissDirect(service.socket);
    const { handle } = await application.command("fs", "open", { path: sandbox.path("a.txt"), flags: 577 });
    expect((await run(["fs", "close", "--handle", String(handle)], env)).exit).toBe(0);
    await expect(application.command("fs", "handle-stat", { handle })).rejects.toThrow("no open file");
    await application.close();
  });

  test("applies its own --confine, which the service does not know", async () => {
    const words = ["--confine", "fs", "open", "/etc/hosts"];
    expect(await run(words, env)).toMatchObject({ exit: 77, code: "DENIED" });
    const connected = ["--confine", "--connect", service.socket, "fs", "read", "/etc/hosts"];
    expect(await run(connected)).toMatchObject({ exit: 77, code: "DENIED" });
  });

  test("reports that the service is gone", async () => {
    service.stop(true);
    await service.ended;
    expect(await run(["fs", "open", "a.txt"], env)).toMatchObject({ exit: 69, code: "UNAVAILABLE" });
  });
});
