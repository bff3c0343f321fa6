import type { Logger } from "../base/log.ts";
import type { AnswerFilter, Gate, RequestFilter } from "./exchange/answer.ts";
import type { FileServer } from "./files/file-server.ts";
import { createFileServer } from "./files/file-server.ts";
import { type Breaker, createBreaker } from "./limits/breaker.ts";
import type { Concurrency } from "./limits/concurrency.ts";
import { createLimitGates } from "./limits/gates.ts";
import type { Quality } from "./limits/quality.ts";
import type { GatewayOptions } from "./options.ts";
import type { Proxy as Upstreams } from "./proxy/proxy.ts";
import type { Uploads } from "./uploads/uploads.ts";

/** The enabled features. Gates and filters are listed in the order in which they run. */
export interface Features {
  readonly gates: readonly Gate[];
  readonly requestFilters: readonly RequestFilter[];
  readonly answerFilters: readonly AnswerFilter[];
  readonly files: FileServer;
  readonly upstreams: Upstreams | undefined;
  readonly uploads: Uploads | undefined;
  readonly breaker: Breaker | undefined;
  readonly quality: Pick<Quality, "observe"> | undefined;
  readonly concurrency: Concurrency | undefined;
  close(): void;
}

/** Features of this gateway that another process provides, because they hold for several gateways together. */
export interface SharedFeatures {
  /** Runs after the limits of this process, and before its guards. */
  readonly gate: Gate | undefined;
  readonly breaker: Breaker | undefined;
  /** Takes what this gateway observes of the network quality. */
  readonly quality: Pick<Quality, "observe"> | undefined;
}

/** Loads only the features that the options enable. */
export async function createFeatures(options: GatewayOptions, log: Logger, shared?: SharedFeatures): Promise<Features> {
  const { guards, conversion, compression, proxy, uploads, breaker } = options;
  const limits = await createLimitGates(options, log);
  const guarded =
    Object.keys(guards).length > 0
      ? await (await import("./guards/guards.ts")).createGuards(guards, { log })
      : undefined;
  const converted = conversion && (await import("./conversion/conversion.ts")).createConversion(conversion);
  const compressed = compression && (await import("./compression/compression.ts")).createCompression(compression);
  const files = createFileServer(options.statics, { log });
  const upstreams = proxy && (await import("./proxy/proxy.ts")).createProxy(proxy, { log });
  return {
    gates: present([...limits.gates, shared?.gate, ...(guarded?.gates ?? [])]),
    requestFilters: present([converted?.requestFilter, ...(guarded?.requestFilters ?? [])]),
    answerFilters: present([...(guarded?.answerFilters ?? []), converted?.answerFilter, compressed]),
    files,
    upstreams,
    uploads: uploads && (await (await import("./uploads/uploads.ts")).createUploads(uploads)),
    breaker: shared?.breaker ?? (breaker && createBreaker(breaker)),
    quality: shared?.quality ?? limits.quality,
    concurrency: limits.concurrency,
    close: () => {
      limits.close();
      files.close();
      upstreams?.close();
    },
  };
}

function present<T>(some: readonly (T | undefined)[]): readonly T[] {
  return some.filter((one) => one !== undefined);
}
