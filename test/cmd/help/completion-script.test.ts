import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { completionScript } from "../../../cmd/xsys/help/completion-script.ts";
import { MODULES, SHELLS, WORDS } from "../../../cmd/xsys/words.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

describe.skipIf(!isInstalled("bash"))("bash with the script sourced", () => {
  test.each([
    ["xsys fs har", ["hardware-decrypt", "hardware-encrypt"]],
    ["xsys fs hash --algorithm sha5", ["sha512"]],
    ["xsys ", [...Object.keys(MODULES), ...Object.keys(WORDS)]],
    ["xsys fs hash a\\ b --algo", ["--algorithm"]],
    ["xsys fs hash ", []],
  ])("completes %j to %j", async (line, expected) => {
    const bin = await installedXsys();
    const script = `${completionScript("bash")}
      eval "COMP_WORDS=($1)"; [[ $1 == *' ' ]] && COMP_WORDS+=("")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _xsys xsys
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const printed = bash(bin, script, line)
      .split("\n")
      .filter((word) => word !== "");
    expect(printed.toSorted()).toEqual(expected.toSorted());
  });

  test("leaves file names to the shell's own completion", async () => {
    const bin = await installedXsys();
    expect(bash(bin, `${completionScript("bash")} complete -p xsys`)).toBe("complete -o default -F _xsys xsys\n");
  });
});

describe.each(SHELLS)("the script for %s", (shell) => {
  test.skipIf(!isInstalled(shell))("has no syntax errors", async () => {
    const file = await sandbox.write(`completion.${shell}`, completionScript(shell));
    const { status, stderr } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
  test("calls the hidden command __complete", () => {
    expect(completionScript(shell)).toContain(" __complete ");
  });
});

/** Writes a stand-in for xsys that answers `__complete`, and returns its directory, for PATH. */
async function installedXsys(): Promise<string> {
  const complete = new URL("../../../cmd/xsys/help/complete.ts", import.meta.url);
  const program = `import { complete } from "${complete}";
    const [word, ...words] = process.argv.slice(2);
    if (word === "__complete") for (const candidate of complete(words)) console.log(candidate);`;
  const main = await sandbox.write("main.ts", program);
  const executable = await sandbox.write("bin/xsys", `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(executable, 0o755);
  return sandbox.path("bin");
}

function bash(bin: string, script: string, ...args: string[]): string {
  return execFileSync("bash", ["--norc", "-c", script, "bash", ...args], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}
