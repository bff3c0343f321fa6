import { cpu } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import type { ProcessorTimes } from "../../facts/facts.ts";
import { percentOf } from "../../facts/percent.ts";
import { platform } from "../../facts/platform.ts";
import { Sampler, type Span } from "../../facts/sampler.ts";

const times = new Sampler(() => platform.processorTimes());

export default handle(cpu, async ({ interval }, { signal }) => {
  const usage = usageByName(await times.over(interval, signal));
  return (await platform.processors()).map(({ name, ...processor }) => ({
    name,
    ...processor,
    usage: usage.get(name) ?? 0,
  }));
});

/** A processor that came online meanwhile has a usage of 0. */
function usageByName({ before, after }: Span<readonly ProcessorTimes[]>): Map<string, number> {
  const earlier = new Map(before.map((times) => [times.name, times]));
  return new Map(
    after.map((now) => {
      const { busy, total } = earlier.get(now.name) ?? now;
      return [now.name, percentOf(now.busy - busy, now.total - total)];
    }),
  );
}
