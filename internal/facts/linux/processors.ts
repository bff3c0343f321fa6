import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Processor } from "../facts.ts";
import { readKernelFile, readKernelNumber } from "./kernel-file.ts";

const TOPOLOGY = "/sys/devices/system/cpu";

/** /proc/cpuinfo, see proc_cpuinfo(5). Fields that an architecture leaves out are read from /sys. */
export function readProcessors(): Processor[] {
  const blocks = parseCpuinfo(readFileSync("/proc/cpuinfo", "utf8"));
  const core_count = physicalCores(blocks) ?? siblingGroups(blocks);
  return blocks.map((block) => ({
    name: `cpu${block.processor}`,
    vendor_id: block.vendor,
    brand: block.brand ?? cpus()[0]?.model ?? "",
    frequency: block.frequency ?? scalingFrequency(block.processor),
    core_count,
  }));
}

/** A logical processor in /proc/cpuinfo. On ARM there is little more than its number and implementer. */
export interface CpuinfoBlock {
  readonly processor: number;
  readonly vendor: string;
  readonly brand: string | undefined;
  /** Current frequency in MHz. */
  readonly frequency: number | undefined;
  /** Package and core id. The same for all threads of a core. */
  readonly core: string | undefined;
}

/** Blocks of `key : value` lines, one for each processor online, separated by an empty line. */
export function parseCpuinfo(cpuinfo: string): CpuinfoBlock[] {
  return cpuinfo.split(/\n\n+/).flatMap((text) => {
    const fields = new Map(
      Array.from(text.matchAll(/^([^\t:]+?)\s*:[ \t]*(.*)$/gm), ([, key = "", value = ""]) => [key, value.trim()]),
    );
    const processor = Number.parseInt(fields.get("processor") ?? "", 10);
    if (Number.isNaN(processor)) return [];
    const [packageId, coreId] = [fields.get("physical id"), fields.get("core id")];
    const frequency = Number.parseFloat(fields.get("cpu MHz") ?? "");
    return {
      processor,
      vendor: fields.get("vendor_id") ?? IMPLEMENTERS[fields.get("CPU implementer") ?? ""] ?? "",
      brand: fields.get("model name"),
      frequency: Number.isNaN(frequency) ? undefined : frequency,
      core: packageId === undefined || coreId === undefined ? undefined : `${packageId}:${coreId}`,
    };
  });
}

/** Vendors by ARM implementer code (MIDR_EL1); those found in servers and desktops. */
const IMPLEMENTERS: Readonly<Record<string, string>> = {
  "0x41": "ARM",
  "0x48": "HiSilicon",
  "0x4e": "NVIDIA",
  "0x51": "Qualcomm",
  "0x61": "Apple",
  "0xc0": "Ampere",
};

function physicalCores(blocks: readonly CpuinfoBlock[]): number | undefined {
  const cores = new Set(blocks.map(({ core }) => core));
  return cores.has(undefined) ? undefined : cores.size;
}

function siblingGroups(blocks: readonly CpuinfoBlock[]): number {
  const groups = blocks.map(({ processor }) => {
    const siblings = readKernelFile(`${TOPOLOGY}/cpu${processor}/topology/thread_siblings_list`);
    return siblings ?? `alone ${processor}`;
  });
  return new Set(groups).size;
}

/** MHz from the frequency driver. 0 without a driver, as in most virtual machines on ARM. */
function scalingFrequency(processor: number): number {
  return (readKernelNumber(`${TOPOLOGY}/cpu${processor}/cpufreq/scaling_cur_freq`) ?? 0) / 1000;
}
