import type { RowName } from "./readings.ts";

/** A kind of fact, the other ways of reading it, and the goal. */
export interface Row {
  readonly name: RowName;
  readonly title: string;
  readonly psutil: boolean;
  /** A program that prints the same facts. Its whole run is measured. */
  readonly program?: readonly [name: string, ...args: string[]];
  readonly goal: { readonly contender: string; readonly atMost: number };
}

export const PSUTIL = "psutil";
export const LIBRARY = "systeminformation";

export const ROWS: readonly Row[] = [
  {
    name: "processes",
    title: "All processes with command line, owner, memory, times and disk counters",
    psutil: true,
    program: ["ps", "aux"],
    goal: { contender: PSUTIL, atMost: 0.5 },
  },
  {
    name: "cpu",
    title: "Processors: models and times; psutil only reads the times",
    psutil: true,
    goal: { contender: LIBRARY, atMost: 0.02 },
  },
  { name: "memory", title: "Memory and swap", psutil: true, goal: { contender: PSUTIL, atMost: 1 } },
  { name: "disks", title: "File systems and their space", psutil: true, goal: { contender: PSUTIL, atMost: 1 } },
  {
    name: "network",
    title: "Network interfaces, their addresses and counters",
    psutil: true,
    goal: { contender: PSUTIL, atMost: 1.5 },
  },
  {
    name: "ports",
    title: "TCP and UDP sockets and their processes",
    psutil: true,
    program: ["ss", "-tunap"],
    goal: { contender: PSUTIL, atMost: 1 },
  },
  {
    name: "info",
    title: "The machine: system, processors, memory",
    psutil: false,
    goal: { contender: LIBRARY, atMost: 0.02 },
  },
];
