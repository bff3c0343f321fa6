import { truncate } from "node:fs/promises";
import { spawn } from "node-pty";
import { expect, test } from "vitest";
import { xsys } from "../support/command-line.ts";
import { programWith } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
/** Size of a sparse file. Hashing it with SHA-256 takes more than a second. */
const LONG = 3 * 1024 ** 3;
const CLEAR_LINE = "\r\x1b[2K";

/** Runs `xsys` on a terminal and returns everything that it writes there. */
function shownOnTerminal(words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const terminal = spawn(...programWith(words), { cwd: sandbox.root, cols: 80 });
    let shown = "";
    terminal.onData((text) => {
      shown += text;
    });
    terminal.onExit(() => resolve(shown));
  });
}

test("work of more than a second shows a progress bar on a terminal only, and clears it at the end", async () => {
  await truncate(await sandbox.write("long", ""), LONG);
  const [bar, quiet, piped, short] = await Promise.all([
    shownOnTerminal(["fs", "hash", "long"]),
    shownOnTerminal(["fs", "hash", "long", "--quiet"]),
    xsys(["fs", "hash", "long"], { cwd: sandbox.root }),
    shownOnTerminal(["fs", "hash", "/dev/null"]),
  ]);
  const [before, ...drawn] = bar.split(CLEAR_LINE);
  expect(before).toBe("");
  expect(drawn[0]).toMatch(/^\[#*·*\] +\d+ % {2}[\d.]+ [MG]B of 3\.00 GB$/);
  expect(drawn.at(-1)).toMatch(/[0-9a-f]{64}\S*\r\n$/);
  expect(quiet).toMatch(/[0-9a-f]{64}/);
  expect(quiet).not.toContain(CLEAR_LINE);
  expect(piped).toMatchObject({ status: 0, stderr: "" });
  expect(short).not.toContain(CLEAR_LINE);
});
