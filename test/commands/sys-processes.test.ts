import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { endSleepers, startSleeper } from "./sys/support/sleeper.ts";
import { threeWays } from "./three-ways.ts";

const onLinux = process.platform === "linux";

afterEach(endSleepers);

threeWays("sys", ({ call, failure, sandbox }) => {
  describe("processes", () => {
    test("this process is listed with all fields", async () => {
      const all = await call("sys.processes", {});
      const own = all.find(({ pid }) => pid === process.pid);
      expect(own).toMatchObject({ parent_pid: process.ppid, cmd: expect.any(Array) });
      expect(own?.cmd.length).toBeGreaterThan(0);
      expect(own?.memory).toBeGreaterThan(10_000_000);
      const started = Date.now() / 1000 - process.uptime();
      expect(Math.abs((own?.start_time ?? 0) - started)).toBeLessThan(3);
      expect(Math.abs((own?.run_time ?? 0) - process.uptime())).toBeLessThan(3);
    });
    test.runIf(onLinux)("are listed with their executable and user id", async () => {
      const [own] = await call("sys.processes", { pid: process.pid });
      expect(own).toMatchObject({ exe: process.execPath, user_id: `${process.getuid?.()}` });
    });
    test.runIf(onLinux).each(["xsys) S (x", "xsys\nline", "xsys-with-a-name-longer-than-linux-keeps"])(
      "a process named %j is listed under that name",
      async (name) => {
        const { pid } = await startSleeper(sandbox, name);
        const [found] = await call("sys.processes", { pid });
        expect(found).toMatchObject({ pid, name, cmd: [sandbox.path(name), "1000"], exe: sandbox.path(name) });
      },
    );
    test.runIf(onLinux)(
      "a stopped process and a zombie have these states, and a zombie has no command line",
      async () => {
        const parent = spawn("/bin/sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"], {
          stdio: ["ignore", "pipe", "ignore"],
        });
        try {
          const [line] = await once(createInterface(parent.stdout), "line");
          const pid = Number(line);
          // Once the shell has become sleep(1), its exited child is never reaped.
          const name = async () => (await call("sys.processes", { pid: parent.pid ?? 0 }))[0]?.name;
          await expect.poll(name, WAIT).toBe("sleep");
          process.kill(pid);
          await expect.poll(async () => (await call("sys.processes", { pid }))[0]?.status, WAIT).toBe("Zombie");
          expect((await call("sys.processes", { pid }))[0]).toMatchObject({
            cmd: [],
            memory: 0,
            parent_pid: parent.pid,
          });
          parent.kill("SIGSTOP");
          const status = async () => (await call("sys.processes", { pid: parent.pid ?? 0 }))[0]?.status;
          await expect.poll(status, WAIT).toBe("Stopped");
        } finally {
          parent.kill("SIGKILL");
        }
      },
    );
    test("a process that uses the CPU is listed first by topCpu", async () => {
      const busy = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
      try {
        await once(busy, "spawn");
        const usage = async () => (await call("sys.processes", { topCpu: 20 })).find(({ pid }) => pid === busy.pid);
        await expect.poll(async () => (await usage())?.cpu_usage ?? 0, WAIT).toBeGreaterThan(5);
        const top = await call("sys.processes", { topCpu: 3 });
        expect(top).toHaveLength(3);
        expect(top.map(({ cpu_usage }) => cpu_usage)).toEqual(
          top.map(({ cpu_usage }) => cpu_usage).toSorted((a, b) => b - a),
        );
      } finally {
        busy.kill("SIGKILL");
      }
    });
    test("topMem returns the largest processes, the largest first", async () => {
      const top = await call("sys.processes", { topMem: 2 });
      expect(top).toHaveLength(2);
      expect(top[0]?.memory).toBeGreaterThanOrEqual(top[1]?.memory ?? 0);
    });
    test("a process that has ended is NOT_FOUND", async () => {
      const { pid, child, ended } = await startSleeper(sandbox, "xsys-short");
      child.kill();
      await ended;
      const error = await failure("sys.processes", { pid });
      expect(error.code).toBe("NOT_FOUND");
      expect(error.message).toContain(`${pid}`);
    });
  });

  describe("kill", () => {
    test("ends a process by its id, with the given signal", async () => {
      const { pid, ended } = await startSleeper(sandbox, "xsys-by-id");
      expect(await call("sys.kill", { pid, signal: "SIGKILL" })).toBeNull();
      expect(await ended).toBe("SIGKILL");
    });
    test("ends all processes with exactly the given name", async () => {
      const name = `xsys-${process.pid}-named`;
      const others = await startSleeper(sandbox, `${name}-not`);
      const [one, other] = [await startSleeper(sandbox, name), await startSleeper(sandbox, name.toUpperCase())];
      const twin = spawn(sandbox.path(name), ["1000"], { stdio: "ignore" });
      await once(twin, "spawn");
      const twinEnded = once(twin, "exit");
      await call("sys.kill", { name });
      expect(await one.ended).toBe("SIGTERM");
      expect((await twinEnded)[1]).toBe("SIGTERM");
      const left = (await call("sys.processes", {})).map(({ pid }) => pid);
      expect(left).toEqual(expect.arrayContaining([others.pid, other.pid]));
    });
    test("an unknown id or name is NOT_FOUND", async () => {
      const { pid, child, ended } = await startSleeper(sandbox, "xsys-gone");
      child.kill();
      await ended;
      for (const params of [{ pid }, { name: "xsys-no-such-process" }]) {
        const error = await failure("sys.kill", params);
        expect(error.code).toBe("NOT_FOUND");
        expect(error.message).toContain(`${Object.values(params)[0]}`);
      }
    });
    test.each([{}, { pid: 999_999, name: "both" }, { pid: 0 }, { pid: 2 ** 40 }])("refuses %j", async (params) => {
      expect((await failure("sys.kill", params)).code).toBe("INVALID_PARAMS");
    });
  });
});

const WAIT = { timeout: 10_000, interval: 10 };
