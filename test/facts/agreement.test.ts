import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { linuxChildProcesses, portableChildProcesses } from "../../internal/facts/child-processes.ts";
import { linux } from "../../internal/facts/linux/platform.ts";
import { portable } from "../../internal/facts/portable/platform.ts";

const signal = new AbortController().signal;

/** Compares the reader for Linux and the one for other platforms on the same machine at the same time. */
describe.runIf(process.platform === "linux")("the Linux reader agrees with systeminformation", () => {
  test("about memory", async () => {
    const [ours, theirs] = [await linux.memory(), await portable.memory()];
    expect(ours.total).toBe(theirs.total);
    expect(ours.swap_total).toBe(theirs.swap_total);
    expect(Math.abs(ours.available - theirs.available)).toBeLessThan(ours.total / 10);
  });
  test("about the processors", async () => {
    const [ours, theirs] = [await linux.processors(), await portable.processors()];
    expect(ours.map(({ name, core_count }) => [name, core_count])).toEqual(
      theirs.map(({ name, core_count }) => [name, core_count]),
    );
    expect(linux.processorTimes().map(({ name }) => name)).toEqual(ours.map(({ name }) => name));
  });
  test("about the busy time of the processors", () => {
    const [ours, theirs] = [linux.processorTimes(), portable.processorTimes()];
    for (const [i, { busy, total }] of ours.entries()) {
      const other = theirs[i];
      expect(busy / total).toBeCloseTo((other?.busy ?? 0) / (other?.total ?? 0), 1);
    }
  });
  test("about the system", async () => {
    const [{ boot_time, ...ours }, { boot_time: theirBoot, ...theirs }] = [
      await linux.system(),
      await portable.system(),
    ];
    expect(ours).toEqual(theirs);
    expect(Math.abs(boot_time - theirBoot)).toBeLessThanOrEqual(2);
  });
  test("about disks", async () => {
    const [ours, theirs] = [await linux.disks(), await portable.disks()];
    expect(theirs.length).toBeGreaterThan(0);
    for (const { mount_point, name, file_system, total_space } of theirs) {
      expect(ours).toContainEqual(expect.objectContaining({ mount_point, name, file_system, total_space }));
    }
  });
  test("about network interfaces", async () => {
    const [theirs, ours] = [await portable.networkInterfaces(), await linux.networkInterfaces()];
    expect(theirs.length).toBeGreaterThan(0);
    for (const other of theirs) {
      const one = ours.find(({ name }) => name === other.name);
      expect(one).toMatchObject({ mac_address: other.mac_address, ip_addresses: other.ip_addresses });
      expect(one?.received).toBeGreaterThanOrEqual(other.received);
    }
  });
  test("about processes", async () => {
    const [ours, theirs] = [await linux.processes({}, signal), await portable.processes({}, signal)];
    const others = new Map(theirs.map((process) => [process.pid, process]));
    const pairs = ours.flatMap((one) => (others.has(one.pid) ? [{ one, other: others.get(one.pid) }] : []));
    expect(pairs.length).toBeGreaterThan(theirs.length / 2);
    for (const { one, other } of pairs) expect(one.parent_pid).toBe(other?.parent_pid);
    const own = pairs.find(({ one }) => one.pid === process.pid);
    expect(Math.abs((own?.one.memory ?? 0) - (own?.other?.memory ?? 0))).toBeLessThan(100_000_000);
    expect(Math.abs((own?.one.start_time ?? 0) - (own?.other?.start_time ?? 0))).toBeLessThanOrEqual(2);
  });
  test("about process groups; only the Linux reader finds descendants", async () => {
    const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    expect([linuxChildProcesses.isGroupRunning(pid), portableChildProcesses.isGroupRunning(pid)]).toEqual([true, true]);
    expect(linuxChildProcesses.processFamily(process.pid)).toEqual(expect.arrayContaining([process.pid, pid]));
    expect(portableChildProcesses.processFamily(process.pid)).toEqual([process.pid]);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect([linuxChildProcesses.isGroupRunning(pid), portableChildProcesses.isGroupRunning(pid)]).toEqual([
      false,
      false,
    ]);
  });
  test("about a listening port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as { port: number };
      const [ours, theirs] = [await linux.ports(signal), await portable.ports(signal)];
      const listening = expect.objectContaining({
        protocol: "tcp",
        local_port: port,
        state: "LISTEN",
        pid: process.pid,
      });
      expect(ours).toContainEqual(listening);
      expect(theirs).toContainEqual(listening);
    } finally {
      server.close();
    }
  });
  test("about sensors and the battery", async () => {
    expect((await linux.battery()).is_present).toBe((await portable.battery()).is_present);
    expect(Array.isArray(await linux.temperatures())).toBe(true);
    expect((await portable.temperatures()).every(({ current, value }) => current === value)).toBe(true);
  });
});
