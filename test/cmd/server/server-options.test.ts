import { availableParallelism } from "node:os";
import { beforeEach, describe, expect, test } from "vitest";
import { SERVER_FLAG_GROUPS, SERVER_FLAGS } from "../../../cmd/xsys/server/groups.ts";
import { type ServerOptions, serverOptions } from "../../../cmd/xsys/server/server-options.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const SIGNATURE = ["--signature", "0123456789abcdef".repeat(8)];

beforeEach(async () => {
  await sandbox.write("app.js", "");
});

function options(...words: string[]): Promise<ServerOptions> {
  return serverOptions(["server", "start", "--ipc", sandbox.path("s"), ...words]);
}

/** Parses arguments as XyPriss's client sends them. */
function signed(...words: string[]): Promise<ServerOptions> {
  return serverOptions([...SIGNATURE, "server", "start", "--ipc", sandbox.path("s"), ...words]);
}

async function gateway(...words: string[]) {
  return (await options(...words)).gateway;
}

async function cluster(...words: string[]) {
  return (await options("--cluster", "--entry-point", sandbox.path("app.js"), ...words)).cluster;
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64");
}

test("every flag belongs to one group", () => {
  const grouped = Object.values(SERVER_FLAG_GROUPS).flatMap((flags) => Object.keys(flags));
  expect(grouped.toSorted()).toEqual(Object.keys(SERVER_FLAGS).toSorted());
});

test("all flags but the socket's path have defaults", async () => {
  expect(await options()).toEqual({
    socket: sandbox.path("s"),
    root: process.cwd(),
    confined: false,
    gateways: 1,
    limits: { maxFrame: 104_857_600, maxConnections: 1024, maxInflight: 1024, drainTimeout: 10_000 },
    gateway: {
      host: "127.0.0.1",
      port: 4349,
      trustProxy: [],
      timeout: 30_000,
      maxBody: 10_485_760,
      maxUrl: 2048,
      retry: { max: 3, delay: 0 },
      queueTimeout: 10_000,
      keepAliveTimeout: 60_000,
      keepAliveRequests: 0,
      http2MaxStreams: 100,
      accessLog: false,
      strategy: "round-robin",
      standbyWarmUp: [],
      rescue: false,
      statics: { concurrency: 1024, cacheEntries: 5000, dotfiles: "deny" },
      guards: {},
      compression: { algorithms: ["gzip", "br"], level: 4, threshold: 1024, types: [] },
    },
    log: { level: "info", format: "auto" },
    plugins: [],
    leftOver: [],
  });
});

test("a command line of XyPriss's client is accepted completely", async () => {
  const words = [
    ["--port", "8085", "--host", "localhost", "--timeout", "32", "--max-body-size", "10485760"],
    ["--perf-compression=true", "--perf-compression-algs", "gzip,br,zstd", "--compression-level", "6"],
    ["--perf-batch-size", "100", "--perf-connection-pooling=true", "--intelligence", "--pre-allocate"],
    ["--http2-max-streams", "100", "--keepalive-timeout", "60000", "--keepalive-requests", "1000"],
    ["--pool-timeout", "5000", "--pool-idle-timeout", "90000"],
    ["--cluster", "--cluster-workers", "0", "--cluster-respawn", "true", "--entry-point", sandbox.path("app.js")],
    ["--cluster-strategy", "least-connections", "--cluster-max-memory", "512", "--cluster-max-cpu", "80"],
    ["--cluster-priority", "-10", "--gc-hint", "--cluster-enforce-hard-limits", "false", "--rescue-mode", "true"],
    ["--worker-pool", "--worker-pool-max-tasks", "100", "--worker-pool-cpu-min", "-1", "--worker-pool-cpu-max", "auto"],
    ["--static-zero-copy=true", "--static-concurrency", "1024", "--static-max-age", "1d", "--static-dotfiles", "deny"],
    ["--conversion-enabled", "--conv-max-size", "10mb", "--conv-strict-parsing=false"],
    ["--helmet-config-json", base64({ hsts: false }), "--project-root", sandbox.root],
  ].flat();
  const { gateway, cluster, leftOver } = await signed(...words);
  expect(leftOver).toEqual([]);
  expect(gateway).toMatchObject({
    host: "127.0.0.1",
    port: 8085,
    timeout: 32_000,
    compression: { algorithms: ["gzip", "br", "zstd"], level: 6 },
    keepAliveRequests: 1000,
    strategy: "least-connections",
    rescue: true,
    statics: { maxAge: 86_400 },
    conversion: { maxSize: 10_485_760, strict: false, xmlToJson: false },
    guards: { helmet: { hsts: false } },
  });
  expect(cluster).toMatchObject({
    workers: availableParallelism(),
    env: { XYPRISS_IPC_PATH: sandbox.path("s") },
    cwd: process.cwd(),
    maxMemory: 512 * 1024 ** 2,
    maxCpu: 80,
    priority: -10,
    intelligence: true,
    hardLimits: false,
    respawn: true,
  });
  expect(cluster?.command.slice(1)).toEqual(["--max-old-space-size=512", "--expose-gc", sandbox.path("app.js")]);
});

describe("gateway features", () => {
  test("are disabled by default", async () => {
    const { rateLimit, concurrency, breaker, quality, proxy, uploads, conversion, tls } = await gateway();
    expect({ rateLimit, concurrency, breaker, quality, proxy, uploads, conversion, tls }).toEqual({});
    expect((await gateway("--perf-compression=false")).compression).toBeUndefined();
  });

  test("compression is disabled for XyPriss's client unless a flag enables it", async () => {
    const isOn = async (...words: string[]) => (await signed(...words)).gateway.compression !== undefined;
    expect(await isOn()).toBe(false);
    expect(await isOn("--perf-batch-size", "100", "--compression-level", "6")).toBe(false);
    expect(await isOn("--perf-compression=false")).toBe(false);
    expect(await isOn("--perf-compression=true", "--perf-compression-algs", "gzip")).toBe(true);
    expect(await isOn("--perf-compression")).toBe(true);
  });

  test.each([
    [
      "--rate-limit --rate-limit-max 5 --rate-limit-exclude /a,RE:^/b",
      "rateLimit",
      { max: 5, window: 60_000, exclude: ["/a", "RE:^/b"] },
    ],
    ["--rate-limit --rate-limit-store redis://h:1", "rateLimit", { store: "redis://h:1", headers: false }],
    ["--max-per-ip 3", "concurrency", { max: 0, maxPerClient: 3, maxQueue: 0, queueTimeout: 10_000 }],
    ["--max-concurrent-requests 9 --queue-timeout 50", "concurrency", { max: 9, queueTimeout: 50 }],
    ["--breaker-enabled --breaker-timeout 2", "breaker", { threshold: 5, timeout: 2_000 }],
    [
      "--quality-enabled --quality-min-bw 64k --quality-max-lat 200",
      "quality",
      { rejectPoor: false, minBandwidth: 65_536, maxLatency: 200 },
    ],
    [
      "--proxy-upstreams http://a:1,http://b:2#3 --proxy-strategy least-conn",
      "proxy",
      { upstreams: ["http://a:1", "http://b:2#3"], strategy: "least-connections", timeout: 30_000 },
    ],
    [
      "--proxy-upstreams http://a:1 --proxy-hc-enabled --proxy-hc-path /ok",
      "proxy",
      { healthCheck: { interval: 10_000, timeout: 3_000, path: "/ok", unhealthy: 2, healthy: 1 } },
    ],
    ["--upload-dir /srv/up", "uploads", { folder: "/srv/up", useTempFiles: false, maxFiles: 0 }],
    [
      "--upload-use-temp-files=true --upload-temp-dir /srv/t",
      "uploads",
      { folder: `${process.cwd()}/uploads`, tempFolder: "/srv/t", useTempFiles: true },
    ],
    [
      "--conversion-enabled --conv-xml-json --conv-attr-prefix _",
      "conversion",
      { xmlToJson: true, attributePrefix: "_", textKey: "#text" },
    ],
    ["--trust-proxy loopback,10.0.0.0/8", "trustProxy", ["loopback", "10.0.0.0/8"]],
    ["--timeout 0", "timeout", 0],
    ["--timeout 0.25", "timeout", 250],
    ["--retry-max 0 --retry-delay 5", "retry", { max: 0, delay: 5 }],
    ["--queue-timeout 0", "queueTimeout", 10_000],
    ["--cluster-strategy latency", "strategy", "least-response-time"],
    ["--host ::1", "host", "::1"],
    ["--access-log", "accessLog", true],
    ["--allow-trace", "allowTrace", true],
    ["--allow-trace false", "allowTrace", undefined],
    ["--access-log false", "accessLog", false],
    ["--static-max-age 15m", "statics", { maxAge: 900 }],
    ["--static-max-age 1y", "statics", { maxAge: 31_557_600 }],
  ] as const)("%s sets %s", async (line, part, expected) => {
    const found = (await gateway(...line.split(" ")))[part];
    if (typeof expected === "object") expect(found).toMatchObject(expected);
    else expect(found).toBe(expected);
  });

  test("each guard gets its configuration under its name", async () => {
    const flags = Object.keys(SERVER_FLAGS).filter((name) => name.endsWith("-config-json"));
    const { guards } = await gateway(...flags.flatMap((name) => [`--${name}`, base64({ from: name })]));
    expect(guards).toEqual({
      helmet: { from: "helmet-config-json" },
      csrf: { from: "csrf-config-json" },
      xss: { from: "xss-config-json" },
      hpp: { from: "hpp-config-json" },
      xxe: { from: "xxe-config-json" },
      slowdown: { from: "slowdown-config-json" },
      sqlInjection: { from: "sqli-config-json" },
      commandInjection: { from: "cmd-inject-config-json" },
      pathTraversal: { from: "path-traversal-config-json" },
      ldapInjection: { from: "ldap-inject-config-json" },
      responseManipulation: { from: "response-manipulation-config-json" },
    });
    expect((await gateway("--helmet-config-json", base64(true))).guards).toEqual({ helmet: {} });
  });
});

describe("the workers", () => {
  test("are absent without --cluster", async () => {
    expect((await options()).cluster).toBeUndefined();
    expect((await signed("--entry-point", sandbox.path("app.js"))).cluster).toBeUndefined();
    expect((await signed("--cluster")).cluster).toBeUndefined();
  });

  test("have their own limits and timeouts", async () => {
    const words =
      "--cluster-workers=3 --standbys 2 --cluster-respawn=false --file-descriptor-limit 99 --ping-interval 0";
    expect(
      await cluster(...words.split(" "), "--cluster-memory-check-interval", "0", "--stop-timeout=1"),
    ).toMatchObject({
      workers: 3,
      standbys: 2,
      respawn: false,
      fileDescriptors: 99,
      pingInterval: 0,
      pingTimeout: 30_000,
      checkInterval: 5_000,
      readyTimeout: 30_000,
      drainTimeout: 10_000,
      stopTimeout: 1,
      backoff: { first: 10, most: 30_000, mostInService: 1_000 },
      stableAfter: 10_000,
    });
    expect(await cluster()).not.toHaveProperty("maxMemory");
    expect(await cluster()).not.toHaveProperty("maxRestarts");
    expect(await cluster("--max-restarts", "0")).toMatchObject({ maxRestarts: 0 });
  });

  test("can be any program", async () => {
    const { cluster } = await options("--cluster", "--worker-command", "python3 'my app.py' --x=\"a b\" c\\ d");
    expect(cluster?.command).toEqual(["python3", "my app.py", "--x=a b", "c d"]);
  });

  test("run TypeScript with bun if it is installed, and otherwise with the current Node", async () => {
    const script = await sandbox.write("app.ts", "");
    const bun = await sandbox.write("bin/bun", "", 0o755);
    const path = process.env.PATH;
    try {
      process.env.PATH = sandbox.path("bin");
      const withBun = await options("--cluster", "--entry-point", script);
      expect(withBun.cluster?.command).toEqual([bun, script]);
      process.env.PATH = sandbox.path("nothing");
      const without = await options("--cluster", "--entry-point", script);
      expect(without.cluster?.command).toEqual([process.execPath, script]);
    } finally {
      process.env.PATH = path;
    }
  });

  test("run JavaScript with the Node on PATH", async () => {
    const node = await sandbox.write("bin/node", "", 0o755);
    const path = process.env.PATH;
    try {
      process.env.PATH = `${sandbox.path("bin")}:${path}`;
      expect((await cluster())?.command).toEqual([node, sandbox.path("app.js")]);
    } finally {
      process.env.PATH = path;
    }
  });
});

describe("an invalid command line", () => {
  test.each([
    ["--prot 80", 'unknown flag --prot, did you mean "--port"?'],
    ["--clutser", 'unknown flag --clutser, did you mean "--cluster"?'],
    ["app.js", 'unexpected argument "app.js"'],
    ["--port 70000", '--port must be a whole number from 0 to 65535, not "70000"'],
    ["--port", "--port needs a value"],
    ["--timeout 30s", "--timeout must be a number from 0 to 31536000"],
    ["--cluster-strategy fastest", "--cluster-strategy must be one of round-robin, "],
    [
      "--standby-warm-up /a,b",
      "--standby-warm-up must be a comma-separated list of at most 32 paths that begin with /",
    ],
    [
      `--standby-warm-up ${Array(33).fill("/").join(",")}`,
      "--standby-warm-up must be a comma-separated list of at most",
    ],
    ["--cluster=maybe", '--cluster must be true or false, or given without a value, not "maybe"'],
    ["--csrf-config-json e30x", "--csrf-config-json must be a JSON object encoded as base64"],
    ["--static-max-age soon", "--static-max-age must be a number of seconds, or a duration such as 15m, 12h, 1d or 1y"],
    ["--cluster", "--cluster needs --entry-point or --worker-command"],
    ["--entry-point app.js", "--entry-point and --worker-command need --cluster"],
    ["--cluster --worker-command 'open", "--worker-command is not a program with arguments: 'open"],
    ["--tls-cert c.pem", "--tls-cert and --tls-key must be given together"],
  ])("%s is rejected with a reason", async (line, reason) => {
    await expect(options(...line.split(" "))).rejects.toMatchObject({
      code: "INVALID_PARAMS",
      message: expect.stringContaining(reason),
    });
  });

  test("with a missing entry point is rejected, and the error names it", async () => {
    const call = options("--cluster", "--entry-point", sandbox.path("gone.js"));
    await expect(call).rejects.toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("gone.js") });
  });

  test.each([[["server"]], [["server", "--port", "80"]], [["server", "stop"]]])(
    "%j is rejected as an unknown command",
    async (words) => {
      await expect(serverOptions(words)).rejects.toMatchObject({ code: "UNKNOWN_COMMAND" });
    },
  );
});

test("unknown flags of a newer client are ignored with their values", async () => {
  const { leftOver, gateway } = await signed(
    ...["--warp-drive", "--port", "81", "--new-list", "a,b", "--new-one=1", "--host", "h", "--json", "stray"],
  );
  expect(leftOver).toEqual([
    { word: "--warp-drive" },
    { word: "--new-list", value: "a,b" },
    { word: "--new-one=1" },
    { word: "--json", value: "stray" },
  ]);
  expect(gateway).toMatchObject({ port: 81, host: "h" });
});
