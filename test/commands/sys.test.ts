import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

const onLinux = process.platform === "linux";

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
  test("cpu refuses an interval shorter than a clock tick", async () => {
    expect((await failure("sys.cpu", { interval: 1 })).code).toBe("INVALID_PARAMS");
  });
  test("memory figures add up, with and without watch", async () => {
    for (const params of [{}, { watch: true }]) {
      const { total, available, used, free, swap_total, swap_used, swap_free } = await call("sys.memory", params);
      expect(total).toBeGreaterThan(process.memoryUsage.rss());
      expect(used).toBe(total - available);
      expect(free).toBeLessThanOrEqual(total);
      expect(swap_used + swap_free).toBe(swap_total);
    }
  });
  test("info describes this machine", async () => {
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
  test("the health score follows from the reported percentages", async () => {
    const { score, cpu_percent, memory_percent, disk_percent } = await call("sys.health", {});
    const worst = Math.max(cpu_percent, memory_percent, disk_percent);
    expect(score === 100).toBe(worst <= 70.5);
  });
  test("disks have space, and each mount point is listed once", async () => {
    const disks = await call("sys.disks", {});
    expect(disks.length).toBeGreaterThan(0);
    expect(new Set(disks.map(({ mount_point }) => mount_point)).size).toBe(disks.length);
    for (const { total_space, used_space, available_space, usage_percent } of disks) {
      expect(total_space).toBeGreaterThan(0);
      expect(used_space + available_space).toBeLessThanOrEqual(total_space);
      expect(usage_percent).toBeLessThanOrEqual(100);
    }
  });
  test("temp and battery also succeed on a machine without sensors", async () => {
    expect(Array.isArray(await call("sys.temp", {}))).toBe(true);
    expect(await call("sys.battery", {})).toHaveProperty("state");
  });
  test("user and home-dir are those of this process", async () => {
    const user = await call("sys.user", {});
    expect(user.username).not.toBe("");
    expect(user.uid).toBe(process.getuid?.() ?? -1);
    expect(await call("sys.home-dir", {})).toBe(user.home);
  });
  test("paths contain the root, PATH and the executable", async () => {
    const { root, path, executable } = await call("sys.paths", {});
    expect(root).toBe(sandbox.root);
    expect(path.length).toBeGreaterThan(0);
    expect(executable).not.toBe("");
  });
  test("env returns one variable or all", async () => {
    const { PATH } = await call("sys.env", { name: "PATH" });
    expect(PATH).not.toBe("");
    expect(await call("sys.env", {})).toMatchObject({ PATH });
  });
  test.each(["XSYS_NO_SUCH_VARIABLE", "toString", "__proto__"])("env of %s is NOT_FOUND", async (name) => {
    const error = await failure("sys.env", { name });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain(name);
  });

  describe("network", () => {
    test("has the loopback interface with its address, and totals over all interfaces", async () => {
      const network = await call("sys.network", { interval: 20 });
      if (!("interfaces" in network)) throw new Error("one interface was answered without being asked for");
      const loopback = network.interfaces.find(({ ip_addresses }) => ip_addresses.includes("127.0.0.1"));
      expect(loopback).toBeDefined();
      const received = network.interfaces.reduce((sum, one) => sum + one.received, 0);
      expect(network.total_received).toBe(received);
      const alone = await call("sys.network", { interface: loopback?.name });
      expect(alone).toMatchObject({ name: loopback?.name, ip_addresses: loopback?.ip_addresses });
    });
    test("of an unknown interface is NOT_FOUND", async () => {
      const error = await failure("sys.network", { interface: "nosuch0" });
      expect(error.code).toBe("NOT_FOUND");
      expect(error.message).toContain("nosuch0");
    });
  });

  describe("ports", () => {
    test.each(["127.0.0.1", "::1"])("a TCP connection on %s is listed from both ends", async (host) => {
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

/** Resolves with false if the machine has no such address, for example without IPv6. */
async function listening(server: ReturnType<typeof createServer>): Promise<boolean> {
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  }
}
