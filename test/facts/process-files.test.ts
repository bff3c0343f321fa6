import { describe, expect, test } from "vitest";
import { parseAuxv } from "../../internal/facts/linux/clock.ts";
import { fullName, parseCommandLine, parseIo } from "../../internal/facts/linux/process-details.ts";
import { parseProcessStat } from "../../internal/facts/linux/process-stat.ts";

/** A line of /proc/PID/stat for a shell that used 3 + 2 ticks. */
const line = (comm: string, state = "S", flags = 4194304) =>
  `417 (${comm}) ${state} 1 417 417 34816 500 ${flags} 1021 4711 0 3 3 2 9 8 20 0 1 0 5120 8847360 930 18446744073709551615 1 1 0 0 0 0 65536 3670020 1266777851 1 0 0 17 1 0 0 0 0 0\n`;

describe("/proc/PID/stat", () => {
  test("contains state, parent, times and memory", () => {
    expect(parseProcessStat(line("bash"))).toMatchObject({
      pid: 417,
      comm: "bash",
      state: "S",
      parent: 1,
      isKernelThread: false,
      cpuTicks: 5,
      startTicks: 5120,
      virtualMemory: 8_847_360,
    });
  });
  test("counts resident memory in pages", () => {
    expect(parseProcessStat(line("bash"))?.residentMemory).toBeGreaterThanOrEqual(930 * 4096);
  });
  test.each(["a b", "a) b (c", ")", "(", ") S 1 (", "two\nlines", "", "né"])("accepts the process name %j", (comm) => {
    expect(parseProcessStat(line(comm))).toMatchObject({ comm, state: "S", parent: 1 });
  });
  test("marks a kernel thread by its flag", () => {
    expect(parseProcessStat(line("kworker/0:0H-events", "I", 69_238_880))?.isKernelThread).toBe(true);
  });
  test.each(["", "417", "417 (bash", "417 (bash) S", "417 (bash) S one 417", line("x").replace("5120", "NaN")])(
    "skips %j",
    (text) => {
      expect(parseProcessStat(text)).toBeUndefined();
    },
  );
});

describe("other files of a process", () => {
  test.each([
    ["", []],
    ["node\0-e\0\0", ["node", "-e", ""]],
    ["nginx: worker process", ["nginx: worker process"]],
    ["a\0b\nc\0", ["a", "b\nc"]],
  ])("the command line %j is %j", (text, expected) => {
    expect(parseCommandLine(text)).toEqual(expected);
  });
  test.each([
    ["bash", "/bin/bash-and-more", "bash"],
    ["systemd-journal", "/usr/lib/systemd/systemd-journald", "systemd-journald"],
    ["node-MainThread", "node", "node-MainThread"],
    ["kworker/0:0-event", undefined, "kworker/0:0-event"],
    ["ééééééé-", "/opt/ééééééé-x", "ééééééé-x"],
  ])("the name %j with the argument %j is %j", (comm, argument, expected) => {
    expect(fullName(comm, argument)).toBe(expected);
  });
  test("disk counters count bytes of storage, not of system calls", () => {
    const io =
      "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 5\n";
    expect(parseIo(io)).toEqual({ disk_read: 4096, disk_write: 8192 });
  });
  test("unreadable disk counters are 0", () => {
    expect(parseIo("")).toEqual({ disk_read: 0, disk_write: 0 });
  });
  test("page size and clock ticks come from the auxiliary vector, with the usual values as defaults", () => {
    const auxv = Buffer.alloc(48);
    for (const [i, word] of [6n, 65536n, 17n, 250n, 0n, 0n].entries()) auxv.writeBigUInt64LE(word, i * 8);
    expect(parseAuxv(auxv)).toEqual({ pageSize: 65536, ticksPerSecond: 250 });
    expect(parseAuxv(Buffer.alloc(0))).toEqual({ pageSize: 4096, ticksPerSecond: 100 });
  });
});
