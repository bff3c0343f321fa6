import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet, { type HelmetOptions } from "helmet";
import type { Logger } from "../../base/log.ts";
import type { AnswerFilter } from "../exchange/answer.ts";
import type { GuardConfiguration } from "../options.ts";

/**
 * Security headers, as the helmet library sets them: they are the same for every answer, so they are worked out once. An
 * answer's own header of the same name wins.
 */
export function createHelmet(configuration: GuardConfiguration, log: Logger): AnswerFilter {
  const usable = usableOptions(configuration, log);
  const headers = headersOf(usable);
  const { hidePoweredBy = true, xPoweredBy = hidePoweredBy } = usable;
  return (answer) => {
    const together = { ...headers, ...answer.headers };
    if (xPoweredBy === true && together["x-powered-by"] !== undefined) delete together["x-powered-by"];
    return { status: answer.status, headers: together, body: answer.body };
  };
}

interface Options {
  readonly hidePoweredBy?: unknown;
  readonly xPoweredBy?: unknown;
  readonly [name: string]: unknown;
}

/** Without what helmet refuses, each told in its own words: one bad value costs one header its setting, and no more. */
function usableOptions(configuration: GuardConfiguration, log: Logger): Options {
  const usable: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(configuration)) {
    if (value === null || name === "enabled") continue;
    const option = SWITCHES.has(name) ? value !== false : value;
    try {
      if (name === "contentSecurityPolicy") refuseOddSources(value);
      headersOf({ ...usable, [name]: option });
      usable[name] = option;
    } catch (error) {
      log.warn({ guard: "helmet", field: name }, `helmet: ${(error as Error).message}: its default is used instead`);
    }
  }
  return usable;
}

/** Those that are on or off: helmet writes to the console when they are given more. */
const SWITCHES = new Set([
  "hidePoweredBy",
  "ieNoOpen",
  "noSniff",
  "originAgentCluster",
  "xContentTypeOptions",
  "xDownloadOptions",
  "xPoweredBy",
  "xssFilter",
  "xXssProtection",
]);

/** helmet writes "[object Object]" for what was a function before it became JSON. */
function refuseOddSources(policy: unknown): void {
  const directives = typeof policy === "object" && policy !== null && "directives" in policy ? policy.directives : {};
  for (const [name, sources] of Object.entries(directives ?? {})) {
    const isOdd = Array.isArray(sources) && sources.some((source) => typeof source !== "string");
    if (isOdd) throw new Error(`Content-Security-Policy received a value for ${name} that is no text`);
  }
}

/** @throws what helmet says of an option. */
function headersOf(options: Options): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options as HelmetOptions)(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return { ...(response.getHeaders() as Record<string, string>) };
}
