import { readFileSync } from "node:fs";

/** Values for converting the clock ticks of a process into times. */
export interface Clock {
  /** Unix seconds. */
  readonly bootTime: number;
  /** Seconds since boot. */
  readonly uptime: number;
  readonly ticksPerSecond: number;
}

export function readClock(): Clock {
  return {
    bootTime: readBootTime(),
    uptime: Number.parseFloat(readFileSync("/proc/uptime", "utf8")),
    ticksPerSecond: ticksPerSecond(),
  };
}

/** Unix seconds: the `btime` line of /proc/stat, proc_stat(5). */
export function readBootTime(): number {
  return Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? 0);
}

/** Clock ticks per second in which the kernel counts process times. */
export function ticksPerSecond(): number {
  return unit("ticksPerSecond");
}

export function pageSize(): number {
  return unit("pageSize");
}

interface Units {
  readonly pageSize: number;
  readonly ticksPerSecond: number;
}

let units: Units | undefined;

/** Kernel constants, read once. Node does not expose them. Pages have 4, 16 or 64 KiB, as the kernel was configured. */
function unit(name: keyof Units): number {
  units ??= parseAuxv(readAuxv());
  return units[name];
}

function readAuxv(): Buffer {
  try {
    return readFileSync("/proc/self/auxv");
  } catch {
    // A process that dropped privileges cannot read it.
    return Buffer.alloc(0);
  }
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/** The auxiliary vector, getauxval(3): pairs of a 64-bit type and a 64-bit value. */
export function parseAuxv(auxv: Buffer): Units {
  const words = Array.from({ length: Math.floor(auxv.length / 8) }, (_, i) => auxv.readBigUInt64LE(i * 8));
  const value = (type: bigint) => {
    const at = words.findIndex((word, i) => i % 2 === 0 && word === type);
    return at < 0 ? undefined : Number(words[at + 1]);
  };
  return { pageSize: value(AT_PAGESZ) || 4096, ticksPerSecond: value(AT_CLKTCK) || 100 };
}
