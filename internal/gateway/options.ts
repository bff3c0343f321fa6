import type { StrategyName } from "../balance/strategies.ts";

/** What HTTP in front of the workers does. Absent parts are off. Times in milliseconds, sizes in bytes. */
export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How long a worker has to answer; 0 for ever. */
  readonly timeout: number;
  readonly maxBody: number;
  readonly maxUrl: number;
  readonly http2MaxStreams: number;
  readonly keepAliveTimeout: number;
  /** Requests on one connection; 0 for any number. */
  readonly keepAliveRequests: number;
  /** How long a request waits for a worker when none is ready, and for its turn under `concurrency`. */
  readonly queueTimeout: number;
  /** How often a request is sent to another worker before its client hears of it, and after what pause. */
  readonly retry: { readonly max: number; readonly delay: number };
  readonly strategy: StrategyName;
  /** Words for the 503 say that the workers are being brought back. */
  readonly rescue: boolean;
  readonly trustProxy: readonly string[];
  /** TRACE is answered; otherwise it is refused with 405. */
  readonly allowTrace?: true;
  readonly compression?: CompressionOptions;
  readonly rateLimit?: RateLimitOptions;
  readonly concurrency?: ConcurrencyOptions;
  readonly breaker?: BreakerOptions;
  readonly quality?: QualityOptions;
  readonly proxy?: ProxyOptions;
  readonly uploads?: UploadOptions;
  readonly statics: StaticOptions;
  readonly guards: GuardOptions;
  readonly conversion?: ConversionOptions;
  readonly accessLog: boolean;
}

export interface CompressionOptions {
  /** Of gzip, br, deflate, zstd: any other is refused. */
  readonly algorithms: readonly string[];
  readonly level: number;
  /** Bodies below it are left as they are. */
  readonly threshold: number;
  /** Exact types or prefixes of them; empty for text, JSON, JavaScript, XML and the like. */
  readonly types: readonly string[];
}

export interface RateLimitOptions {
  readonly max: number;
  readonly window: number;
  readonly message: string;
  /** RateLimit-Limit, -Remaining, -Reset. */
  readonly headers: boolean;
  /** X-RateLimit-*. */
  readonly legacyHeaders: boolean;
  /** Paths, exact or a prefix, and `RE:` with a regular expression's source. */
  readonly exclude: readonly string[];
  /** Such as redis://host:6379: counted there, for all machines together. */
  readonly store?: string;
}

export interface ConcurrencyOptions {
  /** Requests at once; 0 for any number. */
  readonly max: number;
  readonly maxPerClient: number;
  /** Requests that wait beyond `max`; 0 for any number. */
  readonly maxQueue: number;
  readonly queueTimeout: number;
}

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly threshold: number;
  readonly timeout: number;
}

export interface QualityOptions {
  readonly rejectPoor: boolean;
  /** Bytes a second. */
  readonly minBandwidth: number;
  readonly maxLatency: number;
}

export interface ProxyOptions {
  /** `http://host:port`, with `#weight` at the end for the weighted strategies. */
  readonly upstreams: readonly string[];
  readonly strategy: StrategyName;
  readonly healthCheck?: {
    readonly interval: number;
    readonly timeout: number;
    readonly path: string;
    /** Checks failed, or passed, in a row that change what it is taken for. */
    readonly unhealthy: number;
    readonly healthy: number;
  };
  readonly connectTimeout: number;
  readonly idleTimeout: number;
  /** How long an upstream has to answer; 0 for ever. */
  readonly timeout: number;
}

export interface UploadOptions {
  /** Absolute. */
  readonly folder: string;
  readonly tempFolder: string;
  readonly useTempFiles: boolean;
  /** 0 for any. */
  readonly maxFileSize: number;
  readonly maxFiles: number;
  /** Empty for all. */
  readonly allowedTypes: readonly string[];
  /** A folder per field. */
  readonly useSubfolder: boolean;
}

export interface StaticOptions {
  /** Files answered at once that are not held in memory. */
  readonly concurrency: number;
  /** Small files held in memory at the most. */
  readonly cacheEntries: number;
  readonly dotfiles: "allow" | "deny" | "ignore";
  /** Of Cache-Control, in seconds; absent for none. */
  readonly maxAge?: number;
}

/** XyPriss's own configurations, as they came; merged over the defaults of each guard. */
export type GuardConfiguration = Readonly<Record<string, unknown>>;

export interface GuardOptions {
  readonly helmet?: GuardConfiguration;
  readonly csrf?: GuardConfiguration;
  readonly xss?: GuardConfiguration;
  readonly hpp?: GuardConfiguration;
  readonly xxe?: GuardConfiguration;
  readonly slowdown?: GuardConfiguration;
  readonly sqlInjection?: GuardConfiguration;
  readonly commandInjection?: GuardConfiguration;
  readonly pathTraversal?: GuardConfiguration;
  readonly ldapInjection?: GuardConfiguration;
  readonly responseManipulation?: GuardConfiguration;
}

export interface ConversionOptions {
  readonly xmlToJson: boolean;
  readonly attributePrefix: string;
  readonly textKey: string;
  readonly maxSize: number;
  /** A JSON answer to an XML request goes out as XML. */
  readonly autoReply: boolean;
  /** What is not well-formed is refused. */
  readonly strict: boolean;
  /** A body that begins with `<` and has no content type is taken for XML. */
  readonly sniff: boolean;
}
