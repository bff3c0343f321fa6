import { mkdir, symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../internal/apps/config/load-config.ts";
import type { LoadOptions } from "../../../internal/apps/config/load-options.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

function load(path: string, options: Partial<LoadOptions> = {}) {
  return loadConfig(path, { env: {}, node: () => process.execPath, cwd: sandbox.root, ...options });
}

async function loaded(text: string, name = "xsys.config.json", options: Partial<LoadOptions> = {}) {
  await sandbox.write(name, text);
  return load(name, options);
}

const json = (value: unknown) => JSON.stringify(value);

describe("the file", () => {
  test.each([
    ..."xsys.config.json xsys.config.toml xsys.config.yaml xsys.config.yml guardian.config.yaml prydam.toml".split(" "),
    ..."xsys.config.ts xsys.config.mts xsys.config.cts xsys.config.js xsys.config.mjs xsys.config.cjs".split(" "),
    ..."ecosystem.config.js ecosystem.config.cjs ecosystem.config.mjs ecosystem.config.json ecosystem.config.yml".split(
      " ",
    ),
  ])("%s is found in its directory", async (name) => {
    const field = name.startsWith("ecosystem") ? "script" : "entry";
    const texts: Readonly<Record<string, string>> = {
      json: json({ [field]: "a.js" }),
      toml: `${field} = "a.js"`,
      yaml: `${field}: a.js`,
      yml: `${field}: a.js`,
      js: `module.exports = { ${field}: "a.js" }`,
      cjs: `module.exports = { ${field}: "a.js" }`,
      cts: `const x: string = "a.js"; module.exports = { ${field}: x }`,
      mjs: `export default { ${field}: "a.js" }`,
      ts: `const x: string = "a.js"; export default { ${field}: x }`,
      mts: `const x: string = "a.js"; export default { ${field}: x }`,
    };
    const file = await sandbox.write(name, texts[name.split(".").at(-1) ?? ""] ?? "");
    const { apps, warnings, ...rest } = await load(".");
    expect(rest).toEqual({ file });
    expect(apps).toEqual([expect.objectContaining({ entry: "a.js", cwd: sandbox.root })]);
    expect(warnings).toEqual([]);
  });

  test("pm2's is used only if there is no other one", async () => {
    await sandbox.write("ecosystem.config.js", "throw 1");
    await sandbox.write("prydam.toml", 'entry = "a"');
    const { file, warnings } = await load("");
    expect(file).toBe(sandbox.path("prydam.toml"));
    expect(warnings).toEqual(["ecosystem.config.js is not used, because there is prydam.toml"]);
  });

  test("is refused if there are two of one kind", async () => {
    await sandbox.write("guardian.config.json", "{}");
    await sandbox.write("xsys.config.yaml", "");
    await expect(load(".")).rejects.toMatchObject({
      code: "INVALID_PARAMS",
      message: `${sandbox.root} has two configurations, guardian.config.json and xsys.config.yaml: name the one to use`,
    });
  });

  test("can be named, with any name", async () => {
    const file = await sandbox.write("etc/prydam/config.toml", '[[apps]]\nentry = "a"\ncwd = "../x"\n');
    expect(await load("etc/prydam/config.toml")).toEqual({
      file,
      apps: [{ entry: "a", cwd: sandbox.path("etc/x"), env: {} }],
      warnings: [],
    });
  });

  test("keeps symbolic links in its path", async () => {
    await sandbox.write("releases/1/xsys.config.json", '{ "entry": "a" }');
    await symlink("releases/1", sandbox.path("current"));
    expect((await load("current")).apps[0]?.cwd).toBe(sandbox.path("current"));
    const inside = { cwd: sandbox.path("releases/1"), env: { PWD: sandbox.path("current") } };
    expect((await load(".", inside)).apps[0]?.cwd).toBe(sandbox.path("current"));
  });

  test.each([
    ["gone.json", "NOT_FOUND", "the configuration DIR/gone.json does not exist"],
    ["empty", "NOT_FOUND", "there is no configuration in DIR/empty"],
    ["loop.json", "NOT_FOUND", "the configuration DIR/loop.json is a symbolic link that leads to itself"],
    ["app.ini", "INVALID_PARAMS", "the format of DIR/app.ini is not known by its ending"],
    ["/dev/null", "INVALID_PARAMS", "the configuration /dev/null is not a regular file"],
    ["large.json", "TOO_LARGE", "the configuration DIR/large.json is larger than 1 MiB"],
  ])("%s is refused", async (path, code, message) => {
    await mkdir(sandbox.path("empty"));
    await symlink("loop.json", sandbox.path("loop.json"));
    await sandbox.write("app.ini", "");
    await sandbox.write("large.json", " ".repeat(2 * 1024 ** 2));
    await expect(load(path)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message.replace("DIR", sandbox.root)),
    });
  });
});

describe("the contents", () => {
  test.each([
    ["xsys.config.json", "{", "JSON"],
    ["xsys.config.json", '{ "entry": "a",\n }', "line 2"],
    ["xsys.config.toml", "entry = 'a'\nx = = 1\n", "line 2"],
    ["xsys.config.yaml", "entry: [a\nb: c\n", "line 2"],
    ["xsys.config.yaml", "a: 1\na: 2\n", "the key a occurs twice at line 2, column 1"],
    [
      "xsys.config.yaml",
      `a: &a [${"x,".repeat(100)}]\nb: &b [${"*a,".repeat(100)}]\nc: [${"*b,".repeat(100)}]`,
      "alias",
    ],
    ["xsys.config.json", '"text"', "must be an object or a list of apps"],
    ["xsys.config.json", "null", "must be an object or a list of apps"],
    ["xsys.config.json", "[]", "has no apps"],
    ["xsys.config.json", '{ "apps": [1] }', "apps[0] must be an object"],
    ["xsys.config.json", "{}", "it has no entry"],
    ["ecosystem.config.json", '{ "apps": [{ "name": "a" }] }', "apps[0] has no script"],
    ["xsys.config.json", json(Array.from({ length: 1_001 }, () => ({ entry: "a" }))), "has more than 1000 apps"],
    [
      "xsys.config.json",
      '{ "entry": "a", "env": { "__proto__": { "a": 1 } } }',
      "the name env.__proto__ is not allowed",
    ],
    ["xsys.config.json", '{ "entry": "a", "constructor": 1 }', "the name constructor is not allowed"],
    ["xsys.config.toml", "entry = 'a'\nport = nan", "port must be finite"],
    ["xsys.config.json", `${"[".repeat(100)}${"]".repeat(100)}`, "more than 32 levels deep"],
    ["xsys.config.json", `${"[".repeat(400_000)}${"]".repeat(400_000)}`, "more than 32 levels deep"],
    ["xsys.config.yaml", `${"[".repeat(400_000)}${"]".repeat(400_000)}`, "is invalid"],
    ["xsys.config.toml", `a = ${"[".repeat(400_000)}${"]".repeat(400_000)}`, "is invalid"],
    ["xsys.config.json", `[${"0,".repeat(300_000)}0]`, "more than 200000 values"],
  ])("%s: %#", async (name, text, message) => {
    const failure = loaded(text, name);
    await expect(failure).rejects.toMatchObject({ code: "INVALID_DATA", message: expect.stringContaining(message) });
    await expect(failure).rejects.toThrow(sandbox.path(name));
  });

  test("that is no text is refused", async () => {
    await sandbox.write("xsys.config.json", Buffer.from([0x22, 0xff, 0x22]));
    await expect(load(".")).rejects.toMatchObject({ code: "INVALID_DATA" });
  });

  test.each([
    [{ entry: 1 }, "entry must be a text, not 1"],
    [{ entry: "" }, 'entry must be a text that is not empty, not ""'],
    [{ entry: "a", clones: "many" }, 'clones must be a number or "max", not "many"'],
    [{ entry: "a", clones: 1.5 }, "clones must be a whole number or a text or an object, not 1.5"],
    [{ entry: "a", clones: { strategy: "cold" } }, 'clones.strategy must be one of hot, warm, multi, not "cold"'],
    [{ entry: "a", resources: { memory: "1X" } }, 'resources.memory must be a size such as 100M or 1G, not "1X"'],
    [{ entry: "a", crash: { restartDelay: "soon" } }, "crash.restartDelay must be a duration such as 500ms"],
    [{ entry: "a", maxCpu: "lots" }, "maxCpu must be a percentage"],
    [{ entry: "a", port: 70_000 }, "port must be at most 65535, not 70000"],
    [{ entry: "a", env: { A: { B: 1 } } }, "env.A must be a text or a number or true or false, not an object"],
    [{ entry: "a", stopExitCodes: [0, 256] }, "stopExitCodes[1] must be at most 255, not 256"],
    [{ entry: "a", watch: 1 }, "watch must be true or false or a text or a list, not 1"],
    [{ entry: "a", ignoreWatch: "b", ignore_watch: "b" }, "ignoreWatch and ignore_watch mean the same"],
    [{ entry: "a", args: ["x", 1] }, "args[1] must be a text, not 1"],
    [{ entry: "a", build: { entry: "b" } }, "entry and build.entry mean the same: give only one of them"],
    [{ entry: "a", maxMemory: 1, resources: { memory: 1 } }, "maxMemory and resources.memory mean the same"],
    [{ entry: "a", clones: {}, cloneStrategy: {} }, "clones and cloneStrategy mean the same"],
  ])("%j has its error at its place", async (app, message) => {
    const text = json({ apps: [{ entry: "x" }, app] });
    await expect(loaded(text)).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringContaining(
        message.replaceAll(/^(\S+)( and )?/g, `apps[1].$1$2${message.includes(" mean ") ? "apps[1]." : ""}`),
      ),
    });
  });

  test("two apps of one name are refused", async () => {
    const apps = [{ name: "a", entry: "x" }, { entry: "y" }, { name: "a", entry: "z" }];
    await expect(loaded(json(apps))).rejects.toThrow("[0] and [2] have the same name, a");
  });
});

describe("fields", () => {
  test("that are unknown or have no effect are named", async () => {
    const { warnings } = await loaded(
      json({
        deploy: {},
        $schema: "x",
        apps: [
          {
            entry: "a",
            clonse: 1,
            build: { cache: true },
            env: { ANYTHING: "x" },
            log: { maxSise: 1 },
            health: { endpoint: "/" },
          },
          {
            entry: "b",
            watch: false,
            build: { output: "" },
            clones: { autoScale: { enabled: false } },
            somethingElse: 1,
          },
        ],
      }),
    );
    expect(warnings).toEqual([
      "deploy is unknown and has no effect",
      'apps[0].clonse is unknown, did you mean "clones"?',
      "apps[0].build.cache is not supported by this version",
      'apps[0].log.maxSise is unknown, did you mean "maxSize"?',
      "apps[0].health is not supported by this version",
      "apps[1].somethingElse is unknown and has no effect",
    ]);
  });

  test("in YAML may be empty", async () => {
    const { apps, warnings } = await loaded("apps:\n  - entry: a\n    env:\n    watch:\n", "xsys.config.yml");
    expect(apps).toEqual([{ entry: "a", cwd: sandbox.root, env: {} }]);
    expect(warnings).toEqual([]);
  });

  test("env_NAME is used for the chosen environment", async () => {
    const text = json({ entry: "a", env: { A: 1, B: 2 }, env_production: { B: 3 } });
    expect((await loaded(text, "xsys.config.json", { envName: "production" })).apps[0]?.env).toEqual({ A: 1, B: 3 });
    expect((await loaded(text)).apps[0]?.env).toEqual({ A: 1, B: 2 });
    const { warnings } = await loaded(text, "xsys.config.json", { envName: "prod" });
    expect(warnings).toEqual(["no app has env_prod; there is env_production"]);
  });

  test("of the documented configuration are understood as written", async () => {
    const { apps, warnings } = await loaded(
      `export default {
        build: { entry: "./src/server.ts", output: ".guardian/builds", exclude: ["@types/*"], optimize: { treeShaking: true, minify: true, precompile: true }, cache: true },
        clones: { strategy: "hot", count: 2, autoScale: { enabled: true, minClones: 1, maxClones: 5, scaleUpThreshold: 0.8, scaleDownThreshold: 0.3 } },
        resources: { memory: "1G", cpu: 80 },
        health: { endpoint: "/health", interval: 5000, timeout: 3000, failureThreshold: 3 },
        crash: { autoRestart: true, maxRestarts: 10, restartDelay: 1000, logPath: ".guardian/crashes", notifyOnCrash: { email: "dev@example.com", webhook: "https://…" } },
        logging: { level: "info", stdout: ".guardian/logs/stdout.log", stderr: ".guardian/logs/stderr.log", rotate: { maxSize: "100M", maxFiles: 10 } },
        advanced: { useNamespaces: false, useCgroups: true, gracefulShutdown: 30000 },
      };`,
      "guardian.config.ts",
    );
    expect(apps).toEqual([
      {
        entry: "./src/server.ts",
        cwd: sandbox.root,
        env: {},
        ...{ strategy: "hot", clones: 2, maxMemory: "1G", maxCpu: 80 },
        ...{ autorestart: true, maxRestarts: 10, restartDelay: 1000, killTimeout: 30_000 },
        log: { maxSize: "100M", maxFiles: 10 },
      },
    ]);
    expect(warnings.map((warning) => warning.split(" ")[0])).toEqual([
      ..."build.output build.exclude build.optimize build.cache clones.autoScale health".split(" "),
      ..."crash.logPath crash.notifyOnCrash logging.level logging.stdout logging.stderr advanced.useCgroups".split(" "),
    ]);
  });

  test("of the other documented forms are understood", async () => {
    const text = json({ entry: "./server.ts", build: { optimize: true }, cloneStrategy: { mode: "multi", count: 3 } });
    const { apps } = await loaded(text);
    expect(apps).toEqual([{ entry: "./server.ts", cwd: sandbox.root, env: {}, strategy: "multi", clones: 3 }]);
  });
});

describe("pm2's configuration", () => {
  const APP = {
    name: "api",
    script: "./api.js",
    args: "--port 3000",
    cwd: "app",
    instances: "max",
    exec_mode: "cluster",
    interpreter: "node",
    node_args: ["--expose-gc"],
    env: { PORT: 3000, A: "x" },
    env_production: { A: "y" },
    max_memory_restart: "300M",
    autorestart: true,
    max_restarts: 5,
    min_uptime: "10s",
    restart_delay: 4000,
    exp_backoff_restart_delay: 100,
    kill_timeout: 1600,
    stop_exit_codes: [0],
    uid: "nobody",
    gid: 1000,
    source_map_support: true,
    watch: ["server", "lib"],
    ignore_watch: ["\\.git", "data"],
    watch_delay: 1000,
    cron_restart: "0 3 * * *",
  };
  const DEFINITION = {
    ...{ name: "api", entry: "./api.js", args: "--port 3000", clones: "max", interpreter: "node" },
    ...{ host: "0.0.0.0", port: 3000, nodeArgs: ["--expose-gc", "--enable-source-maps"] },
    ...{ env: { PORT: 3000, A: "y" }, maxMemory: "300M", autorestart: true, maxRestarts: 5, stableFor: "10s" },
    ...{ restartDelay: 100, killTimeout: 1600, stopExitCodes: [0], uid: "nobody", gid: 1000 },
    ...{ watch: ["server", "lib"], ignoreWatch: ["\\.git", "data"], watchDelay: 1000, cron: "0 3 * * *" },
  };

  test.each([
    ["an object with apps", `{ apps: [${json(APP)}] }`],
    ["a list", `[${json(APP)}]`],
    ["one app", json(APP)],
    ["an object with one app", `{ apps: ${json(APP)} }`],
  ])("%s is read", async (_, value) => {
    const { apps, warnings } = await loaded(`module.exports = ${value}`, "ecosystem.config.js", {
      envName: "production",
    });
    expect(apps).toEqual([{ ...DEFINITION, cwd: sandbox.path("app") }]);
    expect(warnings).toEqual([]);
  });

  test("is known by its fields in a file of another name", async () => {
    expect((await loaded('{ "apps": [{ "script": "a.js" }] }', "apps.json")).apps[0]?.entry).toBe("a.js");
  });

  test("may use the other names of fields", async () => {
    const app = { exec: "a.js", exec_interpreter: "none", interpreter_args: "-x", user: "me", cron: "@daily" };
    const { apps, warnings } = await loaded(json(app), "ecosystem.config.json");
    expect(apps[0]).toMatchObject({ entry: "a.js", interpreter: "none", nodeArgs: "-x", uid: "me", cron: "@daily" });
    expect(warnings).toEqual([]);
  });

  test("has a warning for each field without an effect", async () => {
    const app = {
      script: "a.js",
      exec_mode: "cluster",
      ...{ watch_options: { usePolling: true }, wait_ready: true, listen_timeout: 5000 },
      ...{
        out_file: "o.log",
        error: "e.log",
        log_file: "c.log",
        merge_logs: true,
        log_date_format: "YYYY",
        time: true,
      },
      ...{ namespace: "x", instance_var: "ID", vizion: false, treekill: true, instancse: 2 },
    };
    const { warnings } = await loaded(json({ apps: [app] }), "ecosystem.config.json");
    expect(warnings).toEqual([
      ..."watch_options wait_ready listen_timeout"
        .split(" ")
        .map((name) => `apps[0].${name} is not supported by this version`),
      ..."out_file error log_file merge_logs log_date_format time"
        .split(" ")
        .map((name) => `apps[0].${name} has no effect: the output of apps is in the logs of xsys`),
      "apps[0].namespace is not supported by this version",
      "apps[0].instance_var is not supported by this version",
      "apps[0].treekill has no effect: it is about pm2 itself",
      'apps[0].instancse is unknown, did you mean "instances"?',
      "apps[0].exec_mode has no effect without a port: add port, or PORT to env",
    ]);
  });

  test("has its errors at their places", async () => {
    const text = json({ apps: [{ script: "a.js", max_memory_restart: "lots" }] });
    await expect(loaded(text, "ecosystem.config.json")).rejects.toThrow(
      `${sandbox.path("ecosystem.config.json")}: apps[0].max_memory_restart must be a size such as 100M or 1G, not "lots"`,
    );
  });
});
