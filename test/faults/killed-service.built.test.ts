import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Client, connect } from "../../clients/typescript/index.ts";
import { Random } from "../fuzz/random.ts";
import { useChildren } from "../support/children.ts";
import { printed, startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { SEED } from "../support/seed.ts";

const sandbox = useSandbox();
const children = useChildren();
const KILLS = 12;
const SIZE = 400_000;

/** Contents of a single letter, so that a mixture is detected. */
const full = (letter: string) => Buffer.alloc(SIZE, letter);

/** Commands that replace a file. At any time it has either the old contents or the new. */
const WRITERS: Readonly<Record<string, (client: Client, path: string, round: number) => Promise<unknown>>> = {
  write: (client, path, round) => client.fs.write({ path }, { input: full(round % 2 ? "a" : "b") }),
  "atomic-write": (client, path, round) => client.fs.atomicWrite({ path }, { input: full(round % 2 ? "a" : "b") }),
  "write-secure": (client, path, round) => client.fs.writeSecure({ path }, { input: full(round % 2 ? "a" : "b") }),
  patch: (client, path, round) => {
    const [search, replace] = round % 2 ? ["b", "a"] : ["a", "b"];
    return client.fs.patch({ path, search, replace, mode: "literal" });
  },
  copy: (client, path, round) => client.fs.copy({ src: round % 2 ? "source-a" : "source-b", dest: path }),
  merge: (client, path, round) => client.fs.merge({ dest: path, sources: [round % 2 ? "source-a" : "source-b"] }),
};

async function startService(): Promise<{ child: ChildProcess; client: Client }> {
  const child = children.add(startXsys(["serve", "--socket", sandbox.path("s")], { cwd: sandbox.path("files") }));
  await printed(child, "listens on");
  return { child, client: await connect({ socket: sandbox.path("s") }) };
}

/** Runs all writers repeatedly until the connection to the service is lost. */
function keepWriting(client: Client): Promise<unknown> {
  return Promise.all(
    Object.entries(WRITERS).map(async ([name, write]) => {
      try {
        for (let round = 0; ; round++) await write(client, name, round);
      } catch (error) {
        expect(error, name).toMatchObject({ code: "UNAVAILABLE" });
      }
    }),
  );
}

test(`files are complete after the service was killed during writes (seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const random = new Random(SEED);
  for (const name of Object.keys(WRITERS)) await sandbox.write(`files/${name}`, full("a"));
  for (const letter of ["a", "b"]) await sandbox.write(`files/source-${letter}`, full(letter));
  let changed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, client } = await startService();
    const writing = keepWriting(client);
    await pause(50 + random.next() * 400);
    child.kill("SIGKILL");
    await Promise.all([once(child, "exit"), writing]);
    client.close();
    for (const name of Object.keys(WRITERS)) {
      const bytes = await readFile(sandbox.path("files", name));
      expect(bytes.equals(full(String.fromCharCode(bytes[0] ?? 0))), `${name} after kill ${kill + 1}`).toBe(true);
      if (bytes[0] === 0x62) changed++;
    }
  }
  expect(changed).toBeGreaterThan(0);
  const left = (await readdir(sandbox.path("files"))).filter(
    (name) => !(name in WRITERS) && !/^source-[ab]$/.test(name),
  );
  for (const name of left) expect(name).toMatch(/^\.xsys-\d+-\w+\.tmp$/);
});
