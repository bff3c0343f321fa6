import { randomBytes } from "node:crypto";
import { XsysError } from "../../../protocol/errors.ts";
import type { GatewayConfiguration, SharedGatesOptions } from "../../../protocol/wire/gateway.ts";
import type { Logger } from "../../base/log.ts";
import { active } from "../../gateway/guards/active.ts";
import type { GatewayOptions, GuardOptions } from "../../gateway/options.ts";

/** How gateway processes are started. */
export interface GatewaysOptions {
  /** Number of processes, at least 2. */
  readonly count: number;
  /** Program and arguments of a gateway process. */
  readonly command: readonly [string, ...string[]];
}

/** The options that the service applies to all gateways together. */
export type CommonOptions = Pick<GatewayOptions, "rateLimit" | "concurrency" | "quality" | "breaker" | "guards">;

/** The options of a gateway, in two parts. */
export interface DividedOptions {
  /** What each gateway does by itself. */
  readonly own: GatewayOptions;
  readonly common: CommonOptions;
  readonly shared: GatewayConfiguration["shared"];
}

/**
 * Divides the options between the gateways and the service. A rate limit that is counted in Redis stays with the
 * gateways, because it is shared there.
 * @throws INVALID_PARAMS if a limit cannot be divided
 */
export function divideOptions(options: GatewayOptions, count: number, log: Logger): DividedOptions {
  const { rateLimit, concurrency, quality, breaker, guards, ...rest } = options;
  const { slowdown, ...ownGuards } = guards;
  const isInRedis = rateLimit?.store !== undefined;
  const common: CommonOptions = {
    guards: slowdown === undefined ? {} : { slowdown },
    ...(rateLimit && !isInRedis && { rateLimit }),
    ...(concurrency && { concurrency }),
    ...(quality && { quality }),
    ...(breaker && { breaker }),
  };
  return {
    own: {
      ...rest,
      guards: withSecret(ownGuards, log),
      statics: { ...rest.statics, concurrency: share(rest.statics.concurrency, count) },
      ...(rateLimit && isInRedis && { rateLimit }),
    },
    common,
    shared: {
      gates: gatesOf(common),
      hasBreaker: breaker !== undefined,
      hasQuality: quality !== undefined,
      countsElsewhere: options.strategy.includes("least"),
    },
  };
}

/** Undefined if there are no gates. Otherwise a gateway asks the service for every request. */
function gatesOf({ rateLimit, concurrency, quality, guards }: CommonOptions): SharedGatesOptions | undefined {
  const takesEnd = concurrency !== undefined || active(guards.slowdown) !== undefined;
  if (!takesEnd && rateLimit === undefined && quality?.rejectPoor !== true) return undefined;
  return { takesPath: (rateLimit?.exclude.length ?? 0) > 0, takesEnd };
}

/** The files that one gateway reads at the same time. */
function share(concurrency: number, count: number): number {
  if (concurrency >= count) return Math.floor(concurrency / count);
  throw new XsysError(
    "INVALID_PARAMS",
    `${count} gateways cannot share a limit of ${concurrency} files that are read at the same time`,
  );
}

/** All gateways must accept the same CSRF tokens. */
function withSecret(guards: GuardOptions, log: Logger): GuardOptions {
  const csrf = active(guards.csrf);
  if (csrf === undefined) return guards;
  if (typeof csrf.secret === "string" && csrf.secret !== "") return guards;
  log.warn({ guard: "csrf" }, "csrf: no secret is set: tokens are valid only until the service ends");
  return { ...guards, csrf: { ...csrf, secret: randomBytes(32).toString("base64url") } };
}
