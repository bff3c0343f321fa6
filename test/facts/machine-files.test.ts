import { describe, expect, test } from "vitest";
import { parseMemory } from "../../internal/facts/linux/memory.ts";
import { parseMounts } from "../../internal/facts/linux/mounts.ts";
import { parseNetworkCounters } from "../../internal/facts/linux/network-interfaces.ts";
import { parseProcessorTimes } from "../../internal/facts/linux/processor-times.ts";
import { parseCpuinfo } from "../../internal/facts/linux/processors.ts";
import { parseOsRelease } from "../../internal/facts/linux/system.ts";

describe("/proc/meminfo", () => {
  test("used memory is total minus available, and a kB is 1,024 bytes", () => {
    const meminfo = "MemTotal: 1000 kB\nMemFree:  100 kB\nMemAvailable: 600 kB\nSwapTotal: 200 kB\nSwapFree: 150 kB\n";
    expect(parseMemory(meminfo)).toEqual({
      total: 1_024_000,
      available: 614_400,
      used: 409_600,
      free: 102_400,
      usage_percent: 40,
      swap_total: 204_800,
      swap_used: 51_200,
      swap_free: 153_600,
      swap_percent: 25,
    });
  });
  test("without MemAvailable, as in old kernels, available memory is free memory plus caches", () => {
    expect(parseMemory("MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 15 kB\n").available).toBe(30 * 1024);
  });
  test("without swap, the swap usage is 0", () => {
    expect(parseMemory("MemTotal: 100 kB\nMemFree: 10 kB\n")).toMatchObject({ swap_total: 0, swap_percent: 0 });
  });
});

describe("/proc/stat", () => {
  test("I/O wait counts as idle, and guest time is counted once", () => {
    const stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 10 1 5 100 20 2 3 4 10 0\nintr 1 2\nbtime 5\n";
    expect(parseProcessorTimes(stat)).toEqual([{ name: "cpu0", busy: 25, total: 145 }]);
  });
  test("an offline processor and a malformed line are skipped", () => {
    const stat = "cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 x 1 1\ncpu3 1 1 1 1\n";
    expect(parseProcessorTimes(stat).map(({ name }) => name)).toEqual(["cpu0", "cpu3"]);
  });
});

describe("/proc/cpuinfo", () => {
  test("x86 reports all fields", () => {
    const block = (n: number, core: number) =>
      `processor\t: ${n}\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon: the 2nd\ncpu MHz\t\t: 2596.120\nphysical id\t: 0\ncore id\t\t: ${core}\nflags\t\t:\n\n`;
    expect(parseCpuinfo(block(0, 0) + block(1, 0))).toEqual([
      { processor: 0, vendor: "GenuineIntel", brand: "Xeon: the 2nd", frequency: 2596.12, core: "0:0" },
      { processor: 1, vendor: "GenuineIntel", brand: "Xeon: the 2nd", frequency: 2596.12, core: "0:0" },
    ]);
  });
  test("ARM reports few fields, and ends with a block about the board", () => {
    const arm =
      "processor\t: 0\nBogoMIPS\t: 108.00\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\nHardware\t: BCM2835\nModel\t\t: Pi 4\n";
    expect(parseCpuinfo(arm)).toEqual([
      { processor: 0, vendor: "ARM", brand: undefined, frequency: undefined, core: undefined },
    ]);
  });
});

describe("os-release", () => {
  test("values may be quoted or unquoted", () => {
    const text = 'NAME="Debian GNU/Linux"\nID=debian\nPRETTY_NAME=\'It\'\'s\'\n# no\nVERSION_ID="1\\"2"\nEMPTY=\n';
    expect(parseOsRelease(text)).toEqual({
      NAME: "Debian GNU/Linux",
      ID: "debian",
      PRETTY_NAME: "It''s",
      VERSION_ID: '1"2',
      EMPTY: "",
    });
  });
});

describe("/proc/net/dev", () => {
  const heading =
    "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
  test("a large counter without a space after the name is read", () => {
    expect(parseNetworkCounters(`${heading}  eth0:335282757 10132 1 0 0 0 0 0 782947 6273 2 0 0 0 0 0\n`)).toEqual([
      {
        name: "eth0",
        received: 335_282_757,
        transmitted: 782_947,
        packets_received: 10_132,
        packets_transmitted: 6273,
        errors_received: 1,
        errors_transmitted: 2,
      },
    ]);
  });
  test("a malformed line is skipped", () => {
    expect(parseNetworkCounters(`${heading}  eth0: 1 2 3\n  lo: 1 x 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`)).toEqual([]);
  });
});

describe("/proc/self/mountinfo", () => {
  test("escapes are decoded, and there may be any number of optional fields", () => {
    const text = [
      "36 35 98:0 / /mnt/a\\040b\\134c rw,noatime master:1 shared:2 - ext4 /dev/disk\\0401 rw",
      "37 35 0:45 /@home /home rw - btrfs /dev/sda2 rw,subvol=/@home",
      "spoiled",
      "",
    ].join("\n");
    expect(parseMounts(text)).toEqual([
      { device: "98:0", source: "/dev/disk 1", mountPoint: "/mnt/a b\\c", type: "ext4" },
      { device: "0:45", source: "/dev/sda2", mountPoint: "/home", type: "btrfs" },
    ]);
  });
  test("of several mounts on the same path, the last one is returned", () => {
    const text = "25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw\n30 25 8:1 / /dev/shm rw - ext4 /dev/sda1 rw\n";
    expect(parseMounts(text).map(({ type }) => type)).toEqual(["ext4"]);
  });
});
