import type { Comparison } from "../comparison.ts";
import { withApplication } from "../failover/with-application.ts";
import type { Contender } from "./contenders.ts";
import { type AppScene, EVENTS, type Noticed } from "./events.ts";
import { CLIENTS, inTurn, type Measuring } from "./measuring.ts";
import { serve } from "./served-app.ts";
import { Sheet } from "./sheet.ts";

/** Measures what the clients of an application notice of the events. */
export async function underLoad(measuring: Measuring): Promise<Comparison[]> {
  const { contenders } = measuring;
  const sheets = new Map(
    Object.entries(EVENTS).map(([event, { promise, figures, goals, isOfManager = false }]) => [
      event,
      new Sheet(isOfManager ? contenders.filter(({ processes }) => processes > 1) : contenders, {
        title: event,
        promise,
        figures,
        goals,
        reference: "longest gap",
      }),
    ]),
  );
  const keep: Keep = (event, contender, { figures, outcome }) => {
    const sheet = sheets.get(event);
    sheet?.add(contender, figures);
    if (outcome !== undefined && outcome.status !== 0) {
      sheet?.note(`${contender}: exit status ${outcome.status}: ${outcome.message}`);
    }
    measuring.progress(`${contender}, ${event}: ${JSON.stringify(figures)}`);
  };
  await inTurn(measuring, measuring.amounts.rounds, (contender) =>
    withApplication(serve(contender), CLIENTS, (scene) => allEvents(scene, contender, measuring, keep)),
  );
  return [...sheets.values()].map(({ comparison }) => comparison);
}

type Keep = (event: string, contender: string, noticed: Noticed) => void;

async function allEvents(
  scene: AppScene,
  { name, processes }: Contender,
  { amounts }: Measuring,
  keep: Keep,
): Promise<void> {
  for (const [event, { happen, times, isOfManager = false }] of Object.entries(EVENTS)) {
    if (isOfManager && processes === 1) continue;
    for (let i = 0; i < times(amounts); i++) {
      const noticed = await happen(scene);
      keep(event, name, noticed);
      if (noticed.isLost) break;
    }
  }
}
