import type { LogLevel } from "../../../internal/base/log-levels.ts";
import type { ClusterOptions } from "../../../internal/cluster/options.ts";
import type { GatewayOptions } from "../../../internal/gateway/options.ts";
import type { IpcLimits } from "../../../internal/ipc/limits.ts";
import { parseWords } from "../argv.ts";
import { kindsOf, readFlags } from "../flags/read-flags.ts";
import { ipcLimits } from "../serve-options.ts";
import { existingFolder, type Listening, listeningOn } from "../service-process.ts";
import { clusterOptions } from "./flags/cluster.ts";
import { compressionOptions } from "./flags/compression.ts";
import { type Given, staticOptions, uploadOptions } from "./flags/files.ts";
import { conversionOptions, guardOptions } from "./flags/guards.ts";
import { breakerOptions, concurrencyOptions, qualityOptions, rateLimitOptions } from "./flags/limits.ts";
import { listeningOptions } from "./flags/listening.ts";
import { proxyOptions } from "./flags/proxy.ts";
import { requestOptions } from "./flags/requests.ts";
import { SERVER_FLAGS, type ServerValues } from "./groups.ts";
import { type LeftOver, leftOver } from "./left-over.ts";
import { ownProgram } from "./own-program.ts";
import { preloadFile } from "./preload-file.ts";
import { readTls } from "./read-tls.ts";
import { preparation, workerCommand } from "./worker-command.ts";

/** Options from a command line of `xsys server start`. */
export interface ServerOptions extends Listening {
  readonly root: string;
  readonly confined: boolean;
  readonly limits: Partial<IpcLimits>;
  readonly gateway: GatewayOptions;
  /** Number of gateway processes; 1 if the service is the gateway. */
  readonly gateways: number;
  readonly cluster?: ClusterOptions;
  readonly log: { readonly level: LogLevel; readonly format: "auto" | "plain" | "json" | "pretty" };
  readonly plugins: readonly string[];
  /** Addresses to let through the firewall, if requested; empty for all. */
  readonly firewall?: { readonly allowed: readonly string[] };
  /** XyPriss's client started the service, for an application that may end without stopping it. */
  readonly endsWithParent?: boolean;
  /** Unknown words that XyPriss's client wrote. */
  readonly leftOver: readonly LeftOver[];
}

/** @throws INVALID_PARAMS, UNKNOWN_COMMAND, NOT_FOUND */
export async function serverOptions(words: readonly string[]): Promise<ServerOptions> {
  const { globals, positionals, options } = parseWords(words, { kinds: kindsOf(SERVER_FLAGS) });
  const unknown = leftOver(positionals, globals.signed);
  const values = readFlags(SERVER_FLAGS, options);
  const listening = listeningOn(values.ipc ?? values.socket);
  const { socket } = listening;
  const program = ownProgram();
  const preload = values.cluster && values.preload ? await preloadFile() : undefined;
  const command = await workerCommand(values, globals.signed, undefined, preload?.file);
  return {
    ...listening,
    root: await existingFolder(globals.root ?? "."),
    confined: globals.confine,
    limits: ipcLimits(values),
    gateway: { ...gatewayOptions(values, options, globals.signed), ...withoutAbsent({ tls: await readTls(values) }) },
    gateways: values.gateways,
    ...(command !== undefined && {
      cluster: {
        ...clusterOptions(values, { command, socket, cwd: process.cwd(), program, preload: preload?.file }),
        beforeStart: both(await preparation(command), preload?.prepare),
      },
    }),
    log: { level: values["log-level"], format: values["log-format"] },
    plugins: values.plugins,
    ...((values["firewall-enabled"] || values["firewall-auto-open"]) && {
      firewall: { allowed: values["firewall-allowed-ips"] },
    }),
    ...(globals.signed && { endsWithParent: true }),
    leftOver: unknown,
  };
}

function both(...steps: ((() => void) | undefined)[]): () => void {
  return () => {
    for (const step of steps) step?.();
  };
}

function gatewayOptions(values: ServerValues, given: Given, signed: boolean): GatewayOptions {
  const parts = {
    compression: compressionOptions(values, { given, signed }),
    rateLimit: rateLimitOptions(values),
    concurrency: concurrencyOptions(values),
    breaker: breakerOptions(values),
    quality: qualityOptions(values),
    proxy: proxyOptions(values),
    uploads: uploadOptions(values, given),
    conversion: conversionOptions(values),
  };
  return {
    ...listeningOptions(values),
    ...requestOptions(values),
    strategy: values["cluster-strategy"],
    standbyWarmUp: values["standby-warm-up"],
    rescue: values["rescue-mode"],
    statics: staticOptions(values),
    guards: guardOptions(values),
    ...withoutAbsent(parts),
  };
}

/** Removes properties that are undefined, so that a part that is off is absent. */
function withoutAbsent<T extends object>(parts: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  const present = Object.entries(parts).filter(([, part]) => part !== undefined);
  return Object.fromEntries(present) as { readonly [K in keyof T]?: NonNullable<T[K]> };
}
