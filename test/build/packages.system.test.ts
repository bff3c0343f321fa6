import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPackages } from "../../scripts/build/build.ts";
import { hasFront } from "../../scripts/build/front.ts";
import { thisPlatform } from "../../scripts/build/platform.ts";
import { useChildren } from "../support/children.ts";
import { ended, printed } from "../support/command-line.ts";
import { PROGRAM } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";
import { manifestOf, npmIn, type Registry, startRegistry } from "./npm.ts";
import { oldestNode } from "./oldest-node.ts";

/** The npm packages as they are published, with the executable, installed by npm and used as a new user does. */

const run = promisify(execFile);
const BUILD = 300_000;
const OPTIONS = { timeout: 120_000 };
const NOBODY = 65_534;

const sandbox = useSandbox();
const children = useChildren();
let folder = "";
let registry: Registry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xsys-packages-"));
  await chmod(folder, 0o755);
  const executable = PROGRAM[0];
  const licenses = join(dirname(executable), "LICENSES.txt");
  const { pack } = npmIn(folder);
  const front = hasFront() ? join(dirname(executable), FRONT) : undefined;
  const published = (await buildPackages(join(folder, "npm"), { executable, front, licenses })).map(async (made) => ({
    ...{ manifest: await manifestOf(made), file: (await pack(made)).file },
  }));
  registry = await startRegistry(await Promise.all(published));
  const { npm, application } = npmIn(folder, registry.url);
  await npm(["install", "xsys"], await application("app"));
  await npm(["install", "--global", "--prefix", join(folder, "global"), "xsys"], folder);
  await mkdir(join(folder, "pinned"));
  await cp(process.execPath, join(folder, "pinned/node")); // another user may have no access to the project
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, "app", name), text);
}, BUILD);
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

/** Name of the native front in the build, and of the program in node_modules/.bin that no script starts. */
const FRONT = `xsys-${thisPlatform().name}`;

/** The programs are run by an ordinary user with its own directories. The front starts no services in the background. */
beforeEach(async () => {
  await chmod(sandbox.root, 0o755);
  await mkdir(sandbox.path("own"), { mode: 0o700 });
  if (process.getuid?.() === 0) await chown(sandbox.path("own"), NOBODY, NOBODY);
});

function asUser(node: string) {
  const own = sandbox.path("own");
  const PATH = [dirname(node), join(folder, "app/node_modules/.bin"), "/usr/bin", "/bin"].join(delimiter);
  const env = { PATH, HOME: own, TMPDIR: own, XDG_RUNTIME_DIR: own, XSYS_FRONT: "off" };
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  return { cwd: own, env, ...user };
}

const NODES = [
  ["the pinned Node", async () => join(folder, "pinned/node")],
  ["the oldest Node of this machine", async () => (await oldestNode()).file],
] as const;

describe.skipIf(process.platform === "win32")("the installed packages", OPTIONS, () => {
  describe.each(NODES)("under %s", (_name, nodeFile) => {
    test.each(["connect", "connect-sync", "runner"])("start the service and call it: %s", async (name) => {
      const node = await nodeFile();
      const options = asUser(node);
      try {
        const { stdout } = await run(node, [join(folder, "app", `${name}.mjs`)], options);
        expect(stdout).toBe("hello\n");
      } finally {
        await run("xsys", ["stop"], options);
      }
    });

    test("run the command through npm's link and from a global installation", async () => {
      const options = asUser(await nodeFile());
      for (const file of ["xsys", "xhsc", join(folder, "global/bin/xsys")]) {
        const { stdout } = await run(file, ["sys", "info", "--json"], options);
        expect(JSON.parse(stdout).data).toMatchObject({ architecture: process.arch });
      }
    });

    test.runIf(hasFront())("run commands of the native front in a running service", async () => {
      const options = asUser(await nodeFile());
      const service = children.add(spawn("xsys", ["serve"], options));
      await printed(service, "status\n");
      const env = { ...options.env, XSYS_FRONT: "" };
      const { stdout } = await run(FRONT, ["--json", "path", "join", "a", "b"], { ...options, env });
      expect(JSON.parse(stdout)).toEqual({ status: "ok", data: "a/b" });
      const { stdout: status } = await run("xsys", ["status", "--json"], options);
      expect(JSON.parse(status).data.commands["path.join"]).toMatchObject({ calls: 1, failed: 0 });
      service.kill("SIGTERM");
      await once(service, "exit");
    });

    test("suggest a command to try, with npx if they were run by npx", async () => {
      const options = asUser(await nodeFile());
      for (const [npm, program] of [
        [{}, "  xsys"],
        [{ npm_command: "exec" }, "  npx xsys"],
      ] as const) {
        const service = children.add(spawn("xsys", ["serve"], { ...options, env: { ...options.env, ...npm } }));
        expect(await printed(service, "status\n")).toContain(`\n${program} --connect sys info\n`);
        service.kill("SIGTERM");
        await once(service, "exit");
      }
    });

    test("run an application's worker with the Node on PATH", async () => {
      const node = await nodeFile();
      const words = ["--cluster", "--cluster-workers=1", `--entry-point=${join(folder, "app/worker.mjs")}`];
      const server = spawn("xsys", ["server", "start", ...words, "--port=0", "--host=127.0.0.1"], asUser(node));
      const end = ended(children.add(server));
      let text = "";
      const address = await new Promise<string>((resolve, reject) => {
        server.stdout.on("data", (bytes) => {
          text += bytes;
          const [, found] = /listening on (\S+)\n/.exec(text) ?? [];
          if (found !== undefined) resolve(found);
        });
        server.once("exit", () => reject(new Error(`it ended and printed ${text}`)));
      });
      const { stdout: version } = await run(node, ["--version"]);
      expect(await (await fetch(`http://${address}/hello`)).json()).toEqual({ node: version.trim(), path: "/hello" });
      server.kill("SIGTERM");
      expect((await end).status).toBe(0);
    });
  });
});

const FILES = {
  "connect.mjs": `
import { connect } from "xsys";
const xsys = await connect({ autostart: true });
await xsys.fs.write({ path: "hello.txt" }, { input: "hello\\n" });
for await (const bytes of xsys.fs.cat({ path: "hello.txt" })) process.stdout.write(bytes);
xsys.close();
`,
  "connect-sync.mjs": `
import { connectSync } from "xsys";
const xsys = connectSync({ autostart: true });
xsys.fs.write({ path: "hello.txt" }, { input: "hello\\n" });
process.stdout.write(xsys.fs.cat({ path: "hello.txt" }));
xsys.close();
`,
  "runner.mjs": `
import { createRunner } from "xsys/xypriss";
const runner = createRunner({ autostart: true });
runner.runSync("fs", "write", ["hello.txt"], { input: "hello\\n" });
process.stdout.write(await runner.runAsync("fs", "read", ["hello.txt"]));
runner.close();
`,
  "worker.mjs": `
import { serveWorker } from "xsys/worker";
await serveWorker((request) => Response.json({ node: process.version, path: new URL(request.url).pathname }));
`,
};
