import { once } from "node:events";
import { createInterface } from "node:readline";
import type { GatewayOptions } from "../../internal/gateway/options.ts";
import { startXsys } from "../support/command-line.ts";

/** A gateway in a process of its own. */
export interface StartedGateway {
  readonly address: string;
  /** Asks it to end, and resolves when it has begun to. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<unknown>;
  readonly ended: Promise<unknown>;
}

type Flags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Starts `xsys server start` with options as flags; `onLog` is given its log, a line at a time. */
export async function startGatewayProcess(
  options: Partial<GatewayOptions>,
  { socket, onLog }: { readonly socket: string; readonly onLog: (line: Record<string, unknown>) => void },
): Promise<StartedGateway> {
  const { promise: listens, resolve: toldAddress, reject: failed } = Promise.withResolvers<string>();
  const { promise: stopping, resolve: toldStopping } = Promise.withResolvers<void>();
  const words = ["--port=0", `--ipc=${socket}`, "--log-format=json", "--log-level=debug", ...wordsOf(flagsOf(options))];
  const child = startXsys(["server", "start", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface(child.stdout as NodeJS.ReadableStream).on("line", (text) => {
    const line = JSON.parse(text);
    const [, address] = /XHSC Edition listening on (\S+)/.exec(line.msg) ?? [];
    if (address !== undefined) toldAddress(address);
    if (/stopping/.test(line.msg)) toldStopping();
    onLog(line);
  });
  const end = once(child, "close");
  void end.then(([status]) => failed(new Error(`the gateway ended with ${status}`)));
  return {
    address: await listens,
    ended: end,
    stop() {
      child.kill("SIGTERM");
      return stopping;
    },
    kill() {
      child.kill("SIGKILL");
      return end;
    },
  };
}

/** Options that no flag has yet are an error, so that no test believes to have set one. */
function flagsOf(options: Partial<GatewayOptions>): Flags {
  const { timeout, maxBody, maxUrl, queueTimeout, keepAliveTimeout, rescue, retry, ...others } = options;
  const { rateLimit, concurrency, breaker, guards, compression, conversion, trustProxy, accessLog, ...unknown } =
    others;
  if (Object.keys(unknown).length > 0) throw new Error(`no flags are known for ${Object.keys(unknown)}`);
  return {
    "perf-compression": compression !== undefined,
    "compression-threshold": compression?.threshold,
    "compression-level": compression?.level,
    "perf-compression-algs": compression?.algorithms,
    ...Object.fromEntries(Object.entries(guards ?? {}).map(([name, value]) => [GUARD_FLAGS[name], base64(value)])),
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

function wordsOf(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}
