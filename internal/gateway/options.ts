import type { StrategyName } from "../balance/strategies.ts";

/** Options of the HTTP gateway. A feature without options is off. Times are in milliseconds, sizes in bytes. */
export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How long a worker may take to answer; 0 for no limit. */
  readonly timeout: number;
  readonly maxBody: number;
  readonly maxUrl: number;
  readonly http2MaxStreams: number;
  readonly keepAliveTimeout: number;
  /** Maximum number of requests on one connection; 0 for no limit. */
  readonly keepAliveRequests: number;
  /** How long a request waits when no worker is ready, and by default in the queue of `concurrency`. */
  readonly queueTimeout: number;
  /** How often a request is retried on another worker before the client gets an error, and the delay before a retry. */
  readonly retry: { readonly max: number; readonly delay: number };
  readonly strategy: StrategyName;
  /** Paths that each standby is asked for when it is ready. */
  readonly standbyWarmUp: readonly string[];
  /** Whether the message of a 503 says that the workers are being restarted. */
  readonly rescue: boolean;
  readonly trustProxy: readonly string[];
  /** TRACE is answered. Without it, TRACE is refused with 405. */
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
  /** Whether the paths below /_xypriss/b/ are the gateway's own. Default: true. */
  readonly statusPages?: boolean;
  /**
   * All workers support streamed bodies and upgraded connections, so these need not wait until one is connected. Default:
   * it is asked of those that are connected.
   */
  readonly workersTakeStreams?: true;
}

export interface CompressionOptions {
  /** Any of gzip, br, deflate and zstd. Another name is an error. */
  readonly algorithms: readonly string[];
  readonly level: number;
  /** Smaller bodies are not compressed. */
  readonly threshold: number;
  /** Content types or prefixes of them; empty for text, JSON, JavaScript, XML and similar types. */
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
  /** Path prefixes, and regular expressions as `RE:` followed by the source. */
  readonly exclude: readonly string[];
  /** A Redis URL such as redis://host:6379, in which all gateways count together. */
  readonly store?: string;
}

export interface ConcurrencyOptions {
  /** Maximum number of concurrent requests; 0 for no limit. */
  readonly max: number;
  readonly maxPerClient: number;
  /** Maximum number of waiting requests; 0 for no limit. */
  readonly maxQueue: number;
  readonly queueTimeout: number;
}

export interface BreakerOptions {
  /** Consecutive failures that open the breaker. */
  readonly threshold: number;
  readonly timeout: number;
}

export interface QualityOptions {
  readonly rejectPoor: boolean;
  /** Bytes per second. */
  readonly minBandwidth: number;
  readonly maxLatency: number;
}

export interface ProxyOptions {
  /** URLs of the form `http://host:port`, with `#weight` appended for the weighted strategies. */
  readonly upstreams: readonly string[];
  /** If the upstreams are processes that come and go: they are added and removed while the gateway runs. */
  readonly changing?: {
    /** How long a request waits for one if there is none. */
    readonly waitLimit: () => number;
    /** How often a request is sent again after an upstream may have received it. */
    readonly retryMax: number;
  };
  readonly strategy: StrategyName;
  readonly healthCheck?: {
    readonly interval: number;
    readonly timeout: number;
    readonly path: string;
    /** Consecutive failed checks that mark an upstream unhealthy, and successful ones that mark it healthy again. */
    readonly unhealthy: number;
    readonly healthy: number;
  };
  readonly connectTimeout: number;
  readonly idleTimeout: number;
  /** How long an upstream may take to answer; 0 for no limit. */
  readonly timeout: number;
}

export interface UploadOptions {
  /** An absolute path. */
  readonly folder: string;
  readonly tempFolder: string;
  readonly useTempFiles: boolean;
  /** 0 for no limit. */
  readonly maxFileSize: number;
  readonly maxFiles: number;
  /** Empty to allow every type. */
  readonly allowedTypes: readonly string[];
  /** One folder per form field. */
  readonly useSubfolder: boolean;
}

export interface StaticOptions {
  /** Maximum number of files that are read at the same time. Cached files do not count. */
  readonly concurrency: number;
  /** Maximum number of files in the cache. */
  readonly cacheEntries: number;
  readonly dotfiles: "allow" | "deny" | "ignore";
  /** `max-age` of Cache-Control, in seconds; absent for no Cache-Control. */
  readonly maxAge?: number;
}

/** XyPriss's configuration of a guard, unchanged. It is merged over the guard's defaults. */
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
  /** A JSON answer to an XML request is converted to XML. */
  readonly autoReply: boolean;
  /** XML that is not well-formed is refused. */
  readonly strict: boolean;
  /** A body without a content type that begins with `<` is treated as XML. */
  readonly sniff: boolean;
}
