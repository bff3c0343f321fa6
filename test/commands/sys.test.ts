import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { hostname } from "node:os";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { endSleepers, startSleeper } from "../sys/support/sleeper.ts";
import { threeWays } from "./three-ways.ts";

const onLinux = process.platform === "linux";

afterEach(endSleepers);

threeWays("sys", ({ call, failure, sandbox }) => {
  test("cpu has an entry for every logical processor", async () => {
    const processors = await call("sys.cpu", { interval: 20 });
    expect(processors.length).toBeGreaterThan(0);
    expect(new Set(processors.map(({ name }) => name)).size).toBe(processors.length);
    for (const { usage, core_count } of processors) {
      expect(usage).toBeLessThanOrEqual(100);
      expect(core_count).toBeGreaterThan(0);
      expect(core_count).toBeLessThanOrEqual(processors.length);
    }
  });
  test("cpu refuses an interval that no tick falls into", async () => {
    expect((await failure("sys.cpu", { interval: 1 })).code).toBe("INVALID_PARAMS");
  });
  test("memory adds up, watched or not", async () => {
    for (const params of [{}, { watch: true }]) {
      const { total, available, used, free, swap_total, swap_used, swap_free } = await call("sys.memory", params);
      expect(total).toBeGreaterThan(process.memoryUsage.rss());
      expect(used).toBe(total - available);
      expect(free).toBeLessThanOrEqual(total);
      expect(swap_used + swap_free).toBe(swap_total);
    }
  });
  test("info tells this machine", async () => {
    const info = await call("sys.info", {});
    expect(info).toMatchObject({ hostname: hostname(), architecture: process.arch });
    expect(info.os_name).not.toBe("");
    expect(info.cpu_count).toBeGreaterThan(0);
    expect(Math.abs(info.boot_time + info.uptime - Date.now() / 1000)).toBeLessThan(5);
  });
  test("quick agrees with info", async () => {
    const [quick, info] = [await call("sys.quick", {}), await call("sys.info", {})];
    expect(quick).toMatchObject({
      hostname: info.hostname,
      cpu_count: info.cpu_count,
      memory_total: info.total_memory,
      os: expect.stringContaining(info.os_name),
    });
    expect(quick.disk_percent).toBeGreaterThan(0);
  });
  test("health is a score of what it tells", async () => {
    const { score, cpu_percent, memory_percent, disk_percent } = await call("sys.health", {});
    const worst = Math.max(cpu_percent, memory_percent, disk_percent);
    expect(score === 100).toBe(worst <= 70.5);
  });
  test("disks have space, and each mount point is there once", async () => {
    const disks = await call("sys.disks", {});
    expect(disks.length).toBeGreaterThan(0);
    expect(new Set(disks.map(({ mount_point }) => mount_point)).size).toBe(disks.length);
    for (const { total_space, used_space, available_space, usage_percent } of disks) {
      expect(total_space).toBeGreaterThan(0);
      expect(used_space + available_space).toBeLessThanOrEqual(total_space);
      expect(usage_percent).toBeLessThanOrEqual(100);
    }
  });
  test("temp and battery answer on a machine without sensors too", async () => {
    expect(Array.isArray(await call("sys.temp", {}))).toBe(true);
    expect(await call("sys.battery", {})).toHaveProperty("state");
  });
  test("user and home-dir are those of this process", async () => {
    const user = await call("sys.user", {});
    expect(user.username).not.toBe("");
    expect(user.uid).toBe(process.getuid?.() ?? -1);
    expect(await call("sys.home-dir", {})).toBe(user.home);
  });
  test("paths begin at the root", async () => {
    const { root, path, executable } = await call("sys.paths", {});
    expect(root).toBe(sandbox.root);
    expect(path.length).toBeGreaterThan(0);
    expect(executable).not.toBe("");
  });
  test("env gives one variable or all", async () => {
    const { PATH } = await call("sys.env", { name: "PATH" });
    expect(PATH).not.toBe("");
    expect(await call("sys.env", {})).toMatchObject({ PATH });
  });
  test.each(["XSYS_NO_SUCH_VARIABLE", "toString", "__proto__"])("env of %s finds nothing", async (name) => {
    const error = await failure("sys.env", { name });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain(name);
  });

  describe("network", () => {
    test("has the loopback with its address, and totals over all", async () => {
      const network = await call("sys.network", { interval: 20 });
      if (!("interfaces" in network)) throw new Error("one interface was answered without being asked for");
      const loopback = network.interfaces.find(({ ip_addresses }) => ip_addresses.includes("127.0.0.1"));
      expect(loopback).toBeDefined();
      const received = network.interfaces.reduce((sum, one) => sum + one.received, 0);
      expect(network.total_received).toBe(received);
      const alone = await call("sys.network", { interface: loopback?.name });
      expect(alone).toMatchObject({ name: loopback?.name, ip_addresses: loopback?.ip_addresses });
    });
    test("an unknown interface is not found", async () => {
      const error = await failure("sys.network", { interface: "nosuch0" });
      expect(error.code).toBe("NOT_FOUND");
      expect(error.message).toContain("nosuch0");
    });
  });

  describe("processes", () => {
    test("this process is among them, whole", async () => {
      const all = await call("sys.processes", {});
      const own = all.find(({ pid }) => pid === process.pid);
      expect(own).toMatchObject({ parent_pid: process.ppid, cmd: expect.any(Array) });
      expect(own?.cmd.length).toBeGreaterThan(0);
      expect(own?.memory).toBeGreaterThan(10_000_000);
      const started = Date.now() / 1000 - process.uptime();
      expect(Math.abs((own?.start_time ?? 0) - started)).toBeLessThan(3);
      expect(Math.abs((own?.run_time ?? 0) - process.uptime())).toBeLessThan(3);
    });
    test.runIf(onLinux)("have their executable, their user and their id told", async () => {
      const [own] = await call("sys.processes", { pid: process.pid });
      expect(own).toMatchObject({ exe: process.execPath, user_id: `${process.getuid?.()}` });
    });
    test.runIf(onLinux).each(["xsys) S (x", "xsys\nline", "xsys-with-a-name-longer-than-linux-keeps"])(
      "a process named %j has that name",
      async (name) => {
        const { pid } = await startSleeper(sandbox, name);
        const [found] = await call("sys.processes", { pid });
        expect(found).toMatchObject({ pid, name, cmd: [sandbox.path(name), "1000"], exe: sandbox.path(name) });
      },
    );
    test.runIf(onLinux)("a stopped one and a zombie are told as such, a zombie without a command line", async () => {
      const parent = spawn("/bin/sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const [line] = await once(createInterface(parent.stdout), "line");
        const pid = Number(line);
        // Once the shell is a sleep(1), nobody collects what its child ended with.
        const name = async () => (await call("sys.processes", { pid: parent.pid ?? 0 }))[0]?.name;
        await expect.poll(name, WAIT).toBe("sleep");
        process.kill(pid);
        await expect.poll(async () => (await call("sys.processes", { pid }))[0]?.status, WAIT).toBe("Zombie");
        expect((await call("sys.processes", { pid }))[0]).toMatchObject({ cmd: [], memory: 0, parent_pid: parent.pid });
        parent.kill("SIGSTOP");
        const status = async () => (await call("sys.processes", { pid: parent.pid ?? 0 }))[0]?.status;
        await expect.poll(status, WAIT).toBe("Stopped");
      } finally {
        parent.kill("SIGKILL");
      }
    });
    test("one that uses the processor is at the top", async () => {
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
    test("topMem gives the largest, largest first", async () => {
      const top = await call("sys.processes", { topMem: 2 });
      expect(top).toHaveLength(2);
      expect(top[0]?.memory).toBeGreaterThanOrEqual(top[1]?.memory ?? 0);
    });
    test("one that has ended is not found", async () => {
      const { pid, child, ended } = await startSleeper(sandbox, "xsys-short");
      child.kill();
      await ended;
      const error = await failure("sys.processes", { pid });
      expect(error.code).toBe("NOT_FOUND");
      expect(error.message).toContain(`${pid}`);
    });
  });

  describe("kill", () => {
    test("ends a process by its id, with the signal asked for", async () => {
      const { pid, ended } = await startSleeper(sandbox, "xsys-by-id");
      expect(await call("sys.kill", { pid, signal: "SIGKILL" })).toBeNull();
      expect(await ended).toBe("SIGKILL");
    });
    test("ends all processes of an exact name, and none whose name only contains it", async () => {
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
    test("an id or a name that is not there is not found", async () => {
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

  describe("ports", () => {
    test.each(["127.0.0.1", "::1"])("a TCP connection on %s is seen from both ends", async (host) => {
      const server = createServer().listen(0, host);
      if (!(await listening(server))) return;
      const { port } = server.address() as AddressInfo;
      const accepted = once(server, "connection");
      const client = connect(port, host);
      const [[peer]] = await Promise.all([accepted, once(client, "connect")]);
      try {
        const protocol = host === "::1" ? "tcp6" : "tcp";
        const common = { protocol, local_address: host, ...(onLinux && { pid: process.pid }) };
        const connected = { ...common, state: "ESTABLISHED", remote_address: host };
        const ports = await call("sys.ports", {});
        const expected = [
          { ...common, local_port: port, state: "LISTEN", remote_port: 0 },
          { ...connected, local_port: port, remote_port: client.localPort },
          { ...connected, local_port: client.localPort, remote_port: port },
        ];
        for (const one of expected) expect(ports).toContainEqual(expect.objectContaining(one));
      } finally {
        client.destroy();
        peer.destroy();
        server.close();
      }
    });
    test.runIf(onLinux)("a UDP socket has no state until it is connected", async () => {
      const [free, connected] = [createSocket("udp4"), createSocket("udp4")];
      free.bind(0, "127.0.0.1");
      await once(free, "listening");
      const { port } = free.address();
      connected.connect(port, "127.0.0.1");
      await once(connected, "connect");
      try {
        const ports = await call("sys.ports", {});
        const common = { protocol: "udp", local_address: "127.0.0.1", pid: process.pid };
        expect(ports).toContainEqual(
          expect.objectContaining({ ...common, local_port: port, remote_port: 0, state: "NONE" }),
        );
        expect(ports).toContainEqual(
          expect.objectContaining({ ...common, remote_port: port, remote_address: "127.0.0.1", state: "ESTABLISHED" }),
        );
      } finally {
        free.close();
        connected.close();
      }
    });
    test.runIf(onLinux)("a table of many pages is read to its end", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const clients = Array.from({ length: 150 }, () => connect(port, "127.0.0.1"));
      try {
        await Promise.all(clients.map((client) => once(client, "connect")));
        const ports = await call("sys.ports", {});
        const ends = ports.filter(({ remote_port, state }) => remote_port === port && state === "ESTABLISHED");
        expect(new Set(ends.map(({ local_port }) => local_port)).size).toBe(clients.length);
      } finally {
        for (const client of clients) client.destroy();
        server.close();
      }
    });
  });
});

const WAIT = { timeout: 10_000, interval: 10 };

/** False where the machine has no such address, as without IPv6. */
async function listening(server: ReturnType<typeof createServer>): Promise<boolean> {
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  }
}
