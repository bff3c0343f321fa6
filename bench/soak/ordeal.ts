import { setTimeout as pause } from "node:timers/promises";
import { table } from "../table.ts";
import type { ProbedProcess } from "./probed-process.ts";
import { trendsOf } from "./trend.ts";
import type { Vitals } from "./vitals.ts";

/** A program, and the load that it is put under. */
export interface Setting {
  readonly name: string;
  readonly process: ProbedProcess;
  /** Actions by name. All run concurrently, each in a loop. */
  readonly acts: Readonly<Record<string, () => Promise<void>>>;
  end?(): Promise<void>;
}

/** Share of the total time for the warm-up, in which caches fill and threads start. */
const WARM_UP = 0.2;
const SAMPLES = 16;
/** Milliseconds without load before a sample at rest. Idle threads end after 10 s. */
const REST = 12_000;
const MEBIBYTE = 1_048_576;

/** Runs the load of one program and takes samples of its resource usage. */
export class Ordeal implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #samples: { readonly at: number; readonly vitals: Vitals }[] = [];
  readonly #done = new Map<string, number>();
  #failure: unknown;
  #before: Vitals | undefined;
  #after: Vitals | undefined;

  static async start(setting: Promise<Setting>): Promise<Ordeal> {
    return new Ordeal(await setting);
  }

  private constructor(setting: Setting) {
    this.#setting = setting;
  }

  async run(milliseconds: number, report: (line: string) => void): Promise<void> {
    const { name, process, acts } = this.#setting;
    await this.#act(acts, WARM_UP * milliseconds, undefined);
    await pause(REST);
    this.#before = await process.vitals();
    await this.#act(acts, (1 - WARM_UP) * milliseconds, report);
    await pause(REST);
    this.#after = await process.vitals();
    report(`${name}: done`);
  }

  /** Prints the figures and returns a description of everything that grew. */
  judge(print: (line: string) => void): string[] {
    const { name } = this.#setting;
    const [before, after] = [this.#before as Vitals, this.#after as Vitals];
    print(`\n${name}: ${[...this.#done].map(([act, count]) => `${count} × ${act}`).join(", ")}`);
    const rows = [
      ...this.#samples.map(({ at, vitals }) => [`${Math.round(at / 1000)} s`, ...figures(vitals)]),
      ["at rest, warm", ...figures(before)],
      ["at rest, at the end", ...figures(after)],
    ];
    for (const line of table(["", ...HEADS], rows)) print(line);
    return trendsOf(before, after).map((trend) => `${name}: ${trend}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#setting.end?.();
    await this.#setting.process[Symbol.asyncDispose]();
  }

  async #act(acts: Setting["acts"], milliseconds: number, report: ((line: string) => void) | undefined): Promise<void> {
    const startedAt = performance.now();
    const isOver = () => performance.now() - startedAt > milliseconds || this.#failure !== undefined;
    const repeat = async ([act, once]: [string, () => Promise<void>]) => {
      while (!isOver()) {
        await once();
        this.#done.set(act, (this.#done.get(act) ?? 0) + 1);
      }
    };
    const takeSamples = async () => {
      while (report !== undefined && !isOver()) {
        await pause(Math.max(1, milliseconds / SAMPLES - 1));
        const at = performance.now() - startedAt;
        this.#samples.push({ at, vitals: await this.#setting.process.vitals() });
        report(`${this.#setting.name}: ${Math.round(at / 1000)} s`);
      }
    };
    const all = [...Object.entries(acts).map(repeat), takeSamples()];
    await Promise.all(
      all.map((one) =>
        one.catch((error) => {
          this.#failure ??= error;
        }),
      ),
    );
    if (this.#failure !== undefined) throw new Error(this.#setting.process.output, { cause: this.#failure });
  }
}

const HEADS = ["RSS MiB", "heap MiB", "external MiB", "files", "threads", "listeners", "timers", "sockets"];

function figures(vitals: Vitals): string[] {
  const { rss, heap, external, files, threads, listeners, timers, sockets } = vitals;
  const memory = [rss, heap, external].map((bytes) => (bytes / MEBIBYTE).toFixed(1));
  return [...memory, ...[files.length, threads, listeners, timers, sockets].map(String)];
}
