import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { nodeOf } from "../../cmd/xsys/executable/own-node.ts";
import { unpack } from "../../cmd/xsys/executable/unpack.ts";
import { loadConfig } from "../../internal/apps/config/load-config.ts";
import { resolveApp } from "../../internal/apps/resolve-app.ts";
import { PROGRAM } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

test("without Node in PATH, the Node of the executable runs a configuration and its app", async () => {
  const node = join(unpack(nodeOf(PROGRAM[0]), [sandbox.path("cache")]), "node");
  const context = { env: { PATH: "/nowhere" }, cwd: sandbox.root, node: () => node };
  await sandbox.write("app.ts", "const answer: number = 42; console.log(answer, process.execPath);");
  await sandbox.write(
    "xsys.config.ts",
    'const entry: string = "app.ts"; export default () => ({ name: "app", entry });',
  );
  const { apps } = await loadConfig(".", context);
  const [program, ...args] = (await resolveApp(apps[0] ?? {}, context)).command;
  const { stdout } = await promisify(execFile)(program, args, { cwd: sandbox.root, env: {} });
  expect(stdout).toBe(`42 ${node}\n`);
});
