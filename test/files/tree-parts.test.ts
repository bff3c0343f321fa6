import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FIRST } from "../../internal/files/tree-parts.ts";
import { inPlaceRunner, oneShotHost } from "../../internal/host/one-shot-host.ts";
import { Router } from "../../internal/host/router.ts";
import { threadRunner } from "../../internal/host/thread-runner.ts";
import { fakeCall } from "../support/fake-call.ts";
import { useSandbox } from "../support/sandbox.ts";

describe.each([
  ["in threads", () => threadRunner({ threads: 2 })],
  ["in place", () => inPlaceRunner()],
])("a tree with more entries than the first part takes, %s", (_, startRunner) => {
  const sandbox = useSandbox();

  async function call(name: string, params: object, maxResult = 1e9): Promise<unknown> {
    const host = { ...oneShotHost({ root: sandbox.root }), tasks: await startRunner(), maxResult };
    try {
      return await new Router(host).call(name, params, fakeCall());
    } finally {
      await host.tasks.close();
    }
  }

  test("is listed, measured and ranked completely", async () => {
    const names = makeTree(sandbox.root);
    const ranked = names
      .filter((name) => name.includes("file"))
      .sort((a, b) => sizeOf(b) - sizeOf(a) || (a < b ? -1 : 1));
    expect(await call("fs.ls", { recursive: true })).toEqual(names);
    const pairs = (await call("fs.ls", { recursive: true, stats: true })) as [
      string,
      { size: number; is_file: boolean },
    ][];
    expect(pairs.map(([name]) => name)).toEqual(names);
    for (const [name, stats] of pairs) if (stats.is_file) expect(stats.size).toBe(sizeOf(name));
    expect(await call("fs.du", { path: "." })).toEqual({
      path: ".",
      size: ranked.reduce((sum, name) => sum + sizeOf(name), 0),
      file_count: ranked.length,
      dir_count: names.length - ranked.length + 1,
    });
    expect(await call("fs.top-big-files", { limit: 30 })).toEqual(
      ranked.slice(0, 30).map((path) => ({ path, size: sizeOf(path) })),
    );
    // Below the size of one part, and below the total of all parts.
    for (const maxResult of [10_000, names.join("").length]) {
      await expect(call("fs.ls", { recursive: true }, maxResult)).rejects.toMatchObject({ code: "TOO_LARGE" });
    }
  });
});

/**
 * Creates a directory with enough files to end the first part, and directories for the other parts, one of which has
 * a name that is not UTF-8. Returns the names, sorted.
 */
function makeTree(root: string): string[] {
  const names = writeFiles(Buffer.from(root), "", FIRST);
  for (let n = 0; n < 10; n += 1) {
    const odd = n === 0 && process.platform === "linux";
    const folder = Buffer.concat([Buffer.from(`${root}/`), odd ? Buffer.from([0xff]) : Buffer.from(`folder-${n}`)]);
    mkdirSync(folder);
    const name = odd ? "\uFFFD" : `folder-${n}`;
    names.push(name, ...writeFiles(folder, `${name}/`, 50));
  }
  return names.sort();
}

function writeFiles(folder: Buffer, prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    writeFileSync(Buffer.concat([folder, Buffer.from(`/file-${n}`)]), "x".repeat(sizeOf(`file-${n}`)));
    return `${prefix}file-${n}`;
  });
}

function sizeOf(file: string): number {
  return (Number(file.split("-").at(-1)) * 31) % 101;
}
