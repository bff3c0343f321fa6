import type { Logger } from "../../base/log.ts";
import type { AnswerFilter, Gate, RequestFilter } from "../exchange/answer.ts";
import type { GuardConfiguration, GuardOptions } from "../options.ts";
import { active } from "./active.ts";
import { INJECTION_GUARDS } from "./detection/attacks.ts";
import { Settings } from "./settings.ts";

export interface Guards {
  readonly gates: readonly Gate[];
  readonly requestFilters: readonly RequestFilter[];
  readonly answerFilters: readonly AnswerFilter[];
}

/**
 * Creates the guards that are configured and not `enabled: false`. The code of the others is not loaded. Configurations
 * are unchecked: an invalid value is logged, and its default is used.
 */
export async function createGuards(options: GuardOptions, { log }: { log: Logger }): Promise<Guards> {
  const gates: Gate[] = [];
  const requestFilters: RequestFilter[] = [];
  const answerFilters: AnswerFilter[] = [];

  const helmet = active(options.helmet);
  if (helmet) answerFilters.push((await import("./helmet.ts")).createHelmet(helmet, log));
  await withSettings("slowdown", options.slowdown, log, async (settings) => {
    gates.push((await import("./slowdown.ts")).createSlowdown(settings));
  });
  await withSettings("hpp", options.hpp, log, async (settings) => {
    requestFilters.push((await import("./hpp.ts")).createHpp(settings));
  });
  await withSettings("csrf", options.csrf, log, async (settings) => {
    const { requestFilter, answerFilter } = (await import("./csrf.ts")).createCsrf(settings, log);
    requestFilters.push(requestFilter);
    answerFilters.push(answerFilter);
  });
  if (INJECTION_GUARDS.some(({ option }) => active(options[option]))) {
    requestFilters.push(await (await import("./detection/detection.ts")).createDetection(options, log));
  }
  await withSettings("response-manipulation", options.responseManipulation, log, async (settings) => {
    const { createResponseManipulation } = await import("./response-manipulation.ts");
    answerFilters.push(createResponseManipulation(settings, log));
  });
  return { gates, requestFilters, answerFilters };
}

async function withSettings(
  guard: string,
  configuration: GuardConfiguration | undefined,
  log: Logger,
  use: (settings: Settings) => Promise<void>,
): Promise<void> {
  const fields = active(configuration);
  if (fields === undefined) return;
  const settings = new Settings(fields);
  await use(settings);
  settings.logRefused(guard, log);
}
