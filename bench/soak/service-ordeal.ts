import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, connect } from "../../clients/typescript/index.ts";
import type { Setting } from "./ordeal.ts";
import { ProbedProcess, type Program } from "./probed-process.ts";

/** `xsys serve`, and clients with many kinds of calls, aborts and invalid input. */
export async function serviceOrdeal(folder: string, program: Program): Promise<Setting> {
  const socket = join(folder, "service");
  const cwd = join(folder, "tree");
  const { process } = await ProbedProcess.start(["serve", "--socket", socket, "--log-level", "error"], /listens on/, {
    cwd,
    program,
  });
  const client = await connect({ socket });
  return {
    name: "xsys serve",
    process,
    atRest: 120,
    acts: {
      "mixed calls": () => mixedCalls(client),
      "streams both ways": () => streams(client),
      "a watcher": () => watch(client),
      "a terminal": () => openTerminal(client),
      "a reconnect": async () => (await connect({ socket })).close(),
      "a client that leaves in the midst": () => leaveInTheMidst(socket),
      "a connection with nonsense": () => talkNonsense(socket),
    },
    end: async () => client.close(),
  };
}

async function mixedCalls(client: Client): Promise<void> {
  await Promise.all([
    client.fs.write({ path: "b.txt" }, { input: "some other text\n" }),
    client.fs.hash({ path: "a.txt" }),
    client.fs.ls({ path: ".", stats: true }),
    client.search.grep({ path: ".", pattern: "t.xt" }),
    client.sys.processes({ topCpu: 3 }),
    client.fs.read({ path: "gone" }).catch(() => {}),
    client.archive.compress({ src: "a.txt", dest: "a.txt.gz" }),
  ]);
  const { handle } = await client.fs.open({ path: "a.txt" });
  await client.fs.handleRead({ handle, length: 100 });
  await client.fs.close({ handle });
}

async function streams(client: Client): Promise<void> {
  await client.fs.catWrite({ path: "streamed" }, { input: Buffer.alloc(2_000_000) });
  for await (const _ of client.fs.cat({ path: "streamed" }));
}

/** Watches until the first event. */
async function watch(client: Client): Promise<void> {
  const changing = setInterval(() => void client.fs.touch({ path: "sub/touched" }).catch(() => {}), 20);
  for await (const _ of client.watch.files({ paths: ["sub"] })) break;
  clearInterval(changing);
}

async function openTerminal(client: Client): Promise<void> {
  for await (const _ of client.terminal.open({ command: "echo", args: ["hello"] }, { input: "" }));
}

async function leaveInTheMidst(socket: string): Promise<void> {
  const client = await connect({ socket });
  const outcomes = [
    client.fs.hash({ path: "a.txt" }),
    client.fs.du({ path: "." }),
    client.fs.cat({ path: "a.txt" }).on("error", () => {}).result,
    client.fs.copy({ src: "a.txt", dest: "copied" }),
    client.fs.open({ path: "a.txt" }),
    client.search.grep({ path: ".", pattern: "(s+)+x" }),
    client.watch.files({ paths: ["."] }).result,
  ];
  await pause(Math.random() * 20);
  client.close();
  await Promise.allSettled(outcomes);
}

function talkNonsense(path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => socket.end(Buffer.from([0, 0, 0, 1, 0xff])));
    socket
      .on("error", () => {})
      .on("data", () => {})
      .on("close", () => resolve());
  });
}
