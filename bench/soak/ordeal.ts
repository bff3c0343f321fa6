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
  /** Maximum resident MiB of the executable at rest. */
  readonly atRest: number;
  end?(): Promise<void>;
}

/** Share of the total time for the warm-up, in which caches fill and threads start. The rest is divided in two. */
const WARM_UP = 0.2;
const SOAKS = ["first", "second"] as const;
/** Samples of each soak. */
const SAMPLES = 8;
/** Milliseconds without load before a sample at rest. Idle threads end after 10 s, and memory is released after 20. */
const REST = 30_000;
const MEBIBYTE = 1_048_576;

/** Runs the load of one program and takes samples of its resource usage. */
export class Ordeal implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #samples: { readonly when: string; readonly vitals: Vitals }[] = [];
  readonly #atRest: Vitals[] = [];
  readonly #done = new Map<string, number>();
  #failure: unknown;

  static async start(setting: Promise<Setting>): Promise<Ordeal> {
    return new Ordeal(await setting);
  }

  private constructor(setting: Setting) {
    this.#setting = setting;
  }

  async run(milliseconds: number, report: (line: string) => void): Promise<void> {
    await this.#sample("fresh");
    await this.#act(WARM_UP * milliseconds, undefined);
    await this.#rest("at rest, warm");
    for (const soak of SOAKS) {
      await this.#act(((1 - WARM_UP) * milliseconds) / SOAKS.length, (line) => report(`${soak} soak, ${line}`));
      await this.#rest(`at rest, after the ${soak} soak`);
    }
    report(`${this.#setting.name}: done`);
  }

  /** Prints the figures and returns a description of everything that grew. */
  judge(print: (line: string) => void): string[] {
    const { name, atRest } = this.#setting;
    const [warm, first, second] = this.#atRest as [Vitals, Vitals, Vitals];
    print(`\n${name}: ${[...this.#done].map(([act, count]) => `${count} × ${act}`).join(", ")}`);
    const rows = this.#samples.map(({ when, vitals }) => [when, ...figures(vitals)]);
    for (const line of table(["", ...HEADS], rows)) print(line);
    const trends = [...trendsOf(warm, second), ...trendsOf(first, second)];
    // The sources need more memory than the executable, because their types are stripped at run time.
    const isExecutable = Number.isNaN(second.heap);
    if (isExecutable && second.rss > atRest * MEBIBYTE) trends.push(`rss at rest is above ${atRest} MiB`);
    return [...new Set(trends)].map((trend) => `${name}: ${trend}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#setting.end?.();
    await this.#setting.process[Symbol.asyncDispose]();
  }

  async #rest(when: string): Promise<void> {
    await pause(REST);
    this.#atRest.push(await this.#sample(when));
  }

  async #sample(when: string): Promise<Vitals> {
    const vitals = await this.#setting.process.vitals();
    this.#samples.push({ when, vitals });
    return vitals;
  }

  async #act(milliseconds: number, report: ((line: string) => void) | undefined): Promise<void> {
    const { name, acts } = this.#setting;
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
        const at = Math.round((performance.now() - startedAt) / 1000);
        await this.#sample(`${at} s`);
        report(`${name}: ${at} s`);
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
  const all = [...memory, ...[files.length, threads, listeners, timers, sockets].map(String)];
  return all.map((figure) => (figure === "NaN" ? "–" : figure));
}
