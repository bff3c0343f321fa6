import { expect, test } from "vitest";
import { availableCpus } from "../../internal/facts/available-cpus.ts";
import { readCpuQuota } from "../../internal/facts/linux/cpu-quota.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

const V2 = "30 20 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup rw\n";
const V1 = "31 20 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";

async function machine(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) await sandbox.write(path, text);
  return sandbox.root;
}

test("version 2: the least cpu.max of the group and its parents counts", async () => {
  const root = await machine({
    "proc/self/cgroup": "0::/a/b\n",
    "proc/self/mountinfo": V2,
    "sys/fs/cgroup/a/cpu.max": "150000 100000\n",
    "sys/fs/cgroup/a/b/cpu.max": "300000 100000\n",
  });
  expect(readCpuQuota(root)).toBe(1.5);
});

test("version 2: max is no limit", async () => {
  const root = await machine({
    "proc/self/cgroup": "0::/a\n",
    "proc/self/mountinfo": V2,
    "sys/fs/cgroup/a/cpu.max": "max 100000\n",
  });
  expect(readCpuQuota(root)).toBeUndefined();
});

test("version 1: the quota divided by the period counts, and -1 is no limit", async () => {
  const root = await machine({
    "proc/self/cgroup": "5:cpuset:/\n4:cpuacct,cpu:/x\n0::/\n",
    "proc/self/mountinfo": V1 + V2,
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000\n",
    "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "25000\n",
  });
  expect(readCpuQuota(root)).toBe(2);
});

test("in a container, the path of the group may lie outside of what is mounted", async () => {
  const root = await machine({
    "proc/self/cgroup": "0::/../other\n",
    "proc/self/mountinfo": V2.replace(" / ", " /docker/abc "),
    "sys/fs/cgroup/cpu.max": "200000 100000\n",
  });
  expect(readCpuQuota(root)).toBe(2);
});

test("without control groups there is no quota", () => {
  expect(readCpuQuota(sandbox.root)).toBeUndefined();
});

test.each([
  [undefined, 8, 8],
  [2.7, 8, 2],
  [0.5, 8, 1],
  [16, 8, 8],
])("with a quota of %s, %i CPUs are %i", (quota, cpus, available) => {
  expect(availableCpus(quota, cpus)).toBe(available);
});

test("this process has at least one CPU", () => {
  expect(availableCpus()).toBeGreaterThanOrEqual(1);
});
