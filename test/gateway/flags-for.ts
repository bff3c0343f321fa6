import type { GatewayOptions } from "../../internal/gateway/options.ts";

type Values = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * Flags of `xsys server start` for the options of a gateway.
 * @throws for an option that has no flag here, so that no test only seems to set it
 */
export function flagsFor(options: Partial<GatewayOptions>): string[] {
  return Object.entries(valuesOf(options)).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

function valuesOf(options: Partial<GatewayOptions>): Values {
  const { timeout, maxBody, maxUrl, queueTimeout, keepAliveTimeout, rescue, retry, ...others } = options;
  const {
    rateLimit,
    concurrency,
    breaker,
    guards,
    compression,
    conversion,
    trustProxy,
    accessLog,
    proxy,
    uploads,
    allowTrace,
    ...unknown
  } = others;
  if (Object.keys(unknown).length > 0) throw new Error(`no flags are known for ${Object.keys(unknown)}`);
  return {
    "perf-compression": compression !== undefined,
    "compression-threshold": compression?.threshold,
    "compression-level": compression?.level,
    "perf-compression-algs": compression?.algorithms,
    ...Object.fromEntries(Object.entries(guards ?? {}).map(([name, value]) => [GUARD_FLAGS[name], base64(value)])),
    ...(proxy && {
      "proxy-upstreams": proxy.upstreams,
      "proxy-strategy": proxy.strategy,
      "pool-timeout": proxy.connectTimeout,
      "pool-idle-timeout": proxy.idleTimeout,
    }),
    ...(uploads && {
      "upload-dir": uploads.folder,
      "upload-temp-dir": uploads.tempFolder,
      "upload-use-temp-files": uploads.useTempFiles,
      "upload-max-file-size": uploads.maxFileSize,
      "upload-max-files": uploads.maxFiles,
      "upload-allowed-mimes": uploads.allowedTypes.length > 0 ? uploads.allowedTypes : undefined,
      "upload-use-subdir": uploads.useSubfolder,
    }),
    ...(conversion && {
      "conversion-enabled": true,
      "conv-xml-json": conversion.xmlToJson,
      "conv-attr-prefix": conversion.attributePrefix,
      "conv-text-key": conversion.textKey,
      "conv-max-size": conversion.maxSize,
      "conv-auto-reply": conversion.autoReply,
      "conv-strict-parsing": conversion.strict,
      "conv-content-sniffing": conversion.sniff,
    }),
    timeout: timeout && timeout / 1000,
    "trust-proxy": trustProxy,
    "allow-trace": allowTrace,
    "access-log": accessLog,
    "max-body-size": maxBody,
    "max-url-length": maxUrl,
    "queue-timeout": queueTimeout,
    "keepalive-timeout": keepAliveTimeout,
    "rescue-mode": rescue,
    "retry-max": retry?.max,
    "retry-delay": retry?.delay,
    ...(rateLimit && {
      "rate-limit": true,
      "rate-limit-max": rateLimit.max,
      "rate-limit-window": rateLimit.window,
      "rate-limit-message": rateLimit.message,
      "rate-limit-headers": rateLimit.headers,
      "rate-limit-legacy-headers": rateLimit.legacyHeaders,
      "rate-limit-exclude": rateLimit.exclude,
    }),
    ...(concurrency && {
      "max-concurrent-requests": concurrency.max,
      "max-per-ip": concurrency.maxPerClient,
      "max-queue-size": concurrency.maxQueue,
    }),
    ...(breaker && {
      "breaker-enabled": true,
      "breaker-threshold": breaker.threshold,
      "breaker-timeout": breaker.timeout / 1000,
    }),
  };
}

const GUARD_FLAGS: Readonly<Record<string, string>> = {
  helmet: "helmet-config-json",
  csrf: "csrf-config-json",
  xss: "xss-config-json",
  hpp: "hpp-config-json",
  xxe: "xxe-config-json",
  slowdown: "slowdown-config-json",
  sqlInjection: "sqli-config-json",
  commandInjection: "cmd-inject-config-json",
  pathTraversal: "path-traversal-config-json",
  ldapInjection: "ldap-inject-config-json",
  responseManipulation: "response-manipulation-config-json",
};

function base64(configuration: object): string {
  return Buffer.from(JSON.stringify(configuration)).toString("base64");
}
