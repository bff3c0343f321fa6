import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { connect } from "../../../clients/typescript/index.ts";
import { foldersIn, stretchesOf } from "../../../internal/commands/fs/shared/stretches.ts";
import { inOrder } from "../../../internal/commands/fs/tasks/in-order.ts";
import { fileStats } from "../../../internal/files/file-stats.ts";
import { entriesIn, walk } from "../../../internal/files/walk.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";

const sandbox = useSandbox();

const NAMES = ["a", "a b", "a-b", "a-b-c", "a.txt", "a0", 'a"', "a\\b", "b", "é", "\u{10000}", "\uFF5E", "\n"];

/** Creates each name as a directory with files of all these names, as a directory with subdirectories, or as a file. */
function makeAwkwardTree(root: string): string[] {
  for (const [n, name] of NAMES.entries()) {
    if (n % 4 === 3) {
      writeFileSync(`${root}/${name}`, name);
      continue;
    }
    mkdirSync(`${root}/${name}`);
    for (const [m, inner] of NAMES.entries()) {
      if (m % 2 === 1) writeFileSync(`${root}/${name}/${inner}`, inner);
      else {
        mkdirSync(`${root}/${name}/${inner}`);
        writeFileSync(`${root}/${name}/${inner}/x`, "");
      }
    }
  }
  return [...walk(root)].map(({ relative }) => relative).sort();
}

test("inOrder yields a tree in the order of its sorted paths", () => {
  const names = makeAwkwardTree(sandbox.root);
  const found = [...inOrder({ path: sandbox.root, relative: "" }, entriesIn)];
  expect(found.map((entry) => (entry.kind === "gap" ? "gap" : entry.relative))).toEqual(names);
});

test.each(["on", "off"])("a listing by several threads equals one made at once, node:ffi %s", async (ffi) => {
  vi.stubEnv("XSYS_FFI", ffi); // the service's threads copy the environment
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const names = makeAwkwardTree(sandbox.root);
  for (let n = 0; n < 300; n++) {
    mkdirSync(sandbox.path(`many-${n}`));
    for (let m = 0; m < 3; m++) writeFileSync(sandbox.path(`many-${n}/${m}`), "");
    names.push(`many-${n}`, `many-${n}/0`, `many-${n}/1`, `many-${n}/2`);
  }
  names.sort();
  const service = await startTestService({ root: sandbox.root });
  const client = await connect({ socket: service.status().socket });
  try {
    expect(await client.fs.ls({ recursive: true })).toEqual(names);
    const pairs = names.map((name) => [name, fileStats(lstatSync(sandbox.path(name)))]);
    expect(JSON.stringify(await client.fs.ls({ recursive: true, stats: true }))).toBe(JSON.stringify(pairs));
  } finally {
    client.close();
    service.stop(true);
    await service.ended;
  }
});

test("gaps of a listing keep the exact bytes of their directories' names", () => {
  const odd = Buffer.concat([Buffer.from("/r/"), Buffer.from([0xff, 0x41])]);
  const gaps = [
    { at: 2, folder: { path: "/r/é", relative: "é" } },
    { at: 5, folder: { path: odd, relative: "\uFFFDA" } },
  ];
  const [first, second, ...others] = stretchesOf(Buffer.from("ab12345"), gaps, "/r");
  if (first === undefined || second === undefined) throw new Error("a stretch is missing");
  expect([Buffer.from(first.bytes).toString(), Buffer.from(second.bytes).toString(), others]).toEqual([
    "ab",
    "123",
    [],
  ]);
  expect(foldersIn(first, "/r")).toEqual([{ path: "/r/é", relative: "é" }]);
  expect(foldersIn(second, "/r")).toEqual([{ path: odd, relative: "\uFFFDA" }]);
  expect(stretchesOf(Buffer.from("ab"), [], "/r")).toEqual([]);
});
