import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet, { type HelmetOptions } from "helmet";
import type { Logger } from "../../base/log.ts";
import type { AnswerFilter } from "../exchange/answer.ts";
import type { GuardConfiguration } from "../options.ts";

/**
 * Adds the security headers of the helmet library. They are the same for every answer, and computed once. An answer's
 * own header of the same name takes precedence.
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

/** Removes options that helmet rejects, and logs helmet's message. An invalid option affects only its own header. */
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
      log.warn({ guard: "helmet", field: name }, `helmet: ${(error as Error).message}: the default is used instead`);
    }
  }
  return usable;
}

/** Options without settings: helmet writes to the console when they are objects. */
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

/** A function becomes an object in JSON, and helmet would write it as "[object Object]". */
function refuseOddSources(policy: unknown): void {
  const directives = typeof policy === "object" && policy !== null && "directives" in policy ? policy.directives : {};
  for (const [name, sources] of Object.entries(directives ?? {})) {
    const isOdd = Array.isArray(sources) && sources.some((source) => typeof source !== "string");
    if (isOdd) throw new Error(`Content-Security-Policy received a value for ${name} that is not a string`);
  }
}

/** @throws helmet's error for an invalid option. */
function headersOf(options: Options): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options as HelmetOptions)(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return { ...(response.getHeaders() as Record<string, string>) };
}
