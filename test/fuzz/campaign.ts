import { forms } from "./codecs/forms.ts";
import { frames } from "./codecs/frames.ts";
import { messages } from "./codecs/messages.ts";
import { routes } from "./codecs/routes.ts";
import { words } from "./codecs/words.ts";
import { xbp } from "./codecs/xbp.ts";
import { LiveServer } from "./live/live-server.ts";
import { Random } from "./random.ts";
import type { Target } from "./target.ts";

const CODECS: readonly Target[] = [frames, messages, xbp, words, routes, forms];
/** The remaining share of the inputs goes to a running service. */
const LIVE_SHARE = 1 - CODECS.reduce((sum, { share }) => sum + share, 0);
const BATCHES = 6;
/** Maximum number of inputs of asynchronous targets in progress. */
const AT_ONCE = 32;

export interface CampaignOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Run only this target. `live` is the running service. */
  readonly only?: string | undefined;
  report(line: string): void;
}

/**
 * Sends inputs to all targets. Input number i is generated from the seed plus i, so that a failing one can be repeated
 * alone.
 * @throws Error with the command that repeats the failing input.
 */
export async function campaign({ inputs, seed, only, report }: CampaignOptions): Promise<void> {
  for (const target of CODECS) {
    if (only !== undefined && target.name !== only) continue;
    const count = only === undefined ? Math.round(inputs * target.share) : inputs;
    const startedAt = performance.now();
    await fuzzCodec(target, count, seed);
    report(`${target.name}: ${count} inputs, ${Math.round(performance.now() - startedAt)} ms`);
  }
  if (only === undefined || only === "live") {
    await fuzzService(only === undefined ? Math.round(inputs * LIVE_SHARE) : inputs, seed, report);
  }
}

async function fuzzCodec(target: Target, count: number, seed: number): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const outcome = tryOne(target, seed + i);
    if (outcome !== undefined) underWay.push(outcome);
    if (underWay.length >= AT_ONCE) await Promise.all(underWay.splice(0));
  }
  await Promise.all(underWay);
}

function tryOne(target: Target, seed: number): Promise<void> | undefined {
  const explain = (cause: unknown): never => {
    throw new Error(`npm run fuzz -- --only ${target.name} --seed ${seed} --inputs 1: ${cause}`, { cause });
  };
  try {
    return target.try(new Random(seed))?.catch(explain);
  } catch (error) {
    return explain(error);
  }
}

async function fuzzService(count: number, seed: number, report: (line: string) => void): Promise<void> {
  const repeat = `npm run fuzz -- --only live --seed ${seed} --inputs ${count}`;
  await using server = await LiveServer.start();
  try {
    for (let batch = 0; batch < BATCHES; batch++) {
      const startedAt = performance.now();
      await server.attack(new Random(seed + batch), Math.ceil(count / BATCHES));
      await server.check();
      report(`live: batch ${batch + 1} of ${BATCHES}, ${Math.round(performance.now() - startedAt)} ms`);
    }
    await server.checkTrend();
  } catch (cause) {
    throw new Error(`${repeat}: ${cause}\n${server.said}`, { cause });
  }
  report(`live: ${count} inputs; ${server.figures()}`);
}
