import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type CommandName, contracts } from "../../protocol/commands/index.ts";
import { useChildren } from "../support/children.ts";
import { useSandbox } from "../support/sandbox.ts";
import { OverSocket, type Way } from "./ways.ts";

const sandbox = useSandbox();
const children = useChildren();

/** Creates the files that the examples name. */
async function furnish(): Promise<void> {
  await sandbox.write("notes.txt", "line 1\nline 2\nprice (USD)\n");
  await sandbox.write("notes-old.txt", "line 1\nline two\n");
  await sandbox.write("empty.txt", "");
  await sandbox.write("config.json", "{}");
  await sandbox.write("src/app.ts", "export {};\n");
  await sandbox.write("src/lib/copy.ts", "export {};\n");
  await sandbox.write("logs/app.log", "started\nworking\nstopped\n");
}

/** Setup for individual commands. The result is merged into the parameters of the example. */
const PREPARE: Partial<Record<CommandName, (way: OverSocket) => Promise<unknown>>> = {
  "fs.close": openNotes,
  "fs.handle-read": openNotes,
  "fs.handle-seek": openNotes,
  "fs.handle-stat": openNotes,
  "fs.handle-write": openNotes,
  "console.intercept": async (way) => {
    await way.call(sandbox.root, "console.update-config", {}, {});
  },
  "terminal.resize": openTerminal,
  "terminal.signal": openTerminal,
  "fs.unlock": async (way) => {
    await way.call(sandbox.root, "fs.lock", { path: "locked.txt" }, {});
  },
  "archive.decompress": (way) => before(way, "archive.compress", { src: "notes.txt", dest: "notes.gz" }),
  "archive.untar": (way) => before(way, "archive.tar", { dir: "src", output: "backup.tar.gz" }),
  "archive.unzip": (way) => before(way, "archive.zip", { dir: "src", output: "site.zip" }),
  "fs.decrypt": (way) => seal(way, "fs.encrypt", "sealed.txt"),
  "fs.hardware-decrypt": (way) => seal(way, "fs.hardware-encrypt", "sealed-here.txt"),
  "sys.kill": async () => {
    const program = sandbox.path("xsys-sleeper");
    await copyFile("/bin/sleep", program);
    const child = spawn(program, ["60"]);
    await once(child, "spawn");
    children.add(child);
  },
};

/** Opens the first terminal of the connection. */
async function openTerminal(way: OverSocket): Promise<void> {
  const client = await way.client(sandbox.root);
  const terminal = client.terminal.open({ command: "sleep", args: ["60"] });
  terminal.on("error", () => {}); // the connection is closed when the test ends
  await terminal.events[Symbol.asyncIterator]().next();
}

async function openNotes(way: Way): Promise<object> {
  return (await way.call(sandbox.root, "fs.open", { path: "notes.txt", flags: "r+" }, {})).result as object;
}

async function before(way: Way, name: CommandName, params: object): Promise<void> {
  await way.call(sandbox.root, name, params, {});
}

async function seal(way: Way, name: CommandName, path: string): Promise<void> {
  await sandbox.write(path, "secret");
  await way.call(sandbox.root, name, { path, key: "correct horse" }, {});
}

describe("the examples of every contract succeed, and their results match the contract", () => {
  const cases = contracts
    // These need workers and apps, and run in test/cluster/commands.test.ts and test/apps/commands.test.ts.
    .filter(({ module }) => module !== "cluster" && module !== "app")
    .flatMap(({ name, examples }) => examples.map((example) => [name, example.title, example] as const));

  test.each(cases)("%s: %s", async (name, _title, { params, input }) => {
    const way = new OverSocket();
    try {
      await furnish();
      const prepared = await PREPARE[name as CommandName]?.(way);
      const { result } = await way.call(
        sandbox.root,
        name as CommandName,
        { ...params, ...(prepared as object | undefined) },
        input === undefined ? {} : { input },
      );
      expect(result).not.toBeUndefined();
    } finally {
      await way.close();
    }
  });
});
