import type { Comparison, Figure, Goal } from "../comparison.ts";
import type { Figures } from "../rounds.ts";
import { ABSENT, CLUSTER, type Contender } from "./contenders.ts";

export interface SheetOptions {
  readonly title: string;
  readonly promise: string;
  readonly figures: readonly Figure[];
  /** Limits for each contender of ours. */
  readonly goals: readonly Goal[];
  /** The figure of the ratio to pm2. */
  readonly reference: string;
}

/** Collects the samples of one table. */
export class Sheet {
  readonly #options: SheetOptions;
  readonly #ours: readonly string[];
  readonly #results: Map<string, Figures[]>;
  readonly #notes = new Set<string>();

  constructor(contenders: readonly Contender[], options: SheetOptions) {
    this.#options = options;
    this.#ours = contenders.flatMap(({ name, isOurs }) => (isOurs ? name : []));
    this.#results = new Map(contenders.map(({ name }) => [name, []]));
  }

  add(contender: string, figures: Figures): void {
    this.#results.get(contender)?.push(figures);
  }

  /** Adds a line below the table, once. */
  note(text: string): void {
    this.#notes.add(text);
  }

  get comparison(): Comparison {
    const { title, promise, figures, goals, reference } = this.#options;
    return {
      title,
      promise,
      figures,
      reference: { contender: CLUSTER, figure: reference },
      goals: this.#ours.flatMap((of) => goals.map((goal) => ({ ...goal, of }))),
      notes: [...this.#notes],
      results: this.#results,
      absent: ABSENT,
    };
  }
}
