#!/usr/bin/env node
// The executable's first step, in plain JavaScript that any Node understands: an older Node than the one xsys is
// written for hands over to the one that was installed beside it.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST = [22, 22];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  // Without it the sources are stripped of their types and compiled for every call: 150 ms in place of 60. It lies
  // with the sources, so that nobody can write to it who could not write to them; where it cannot be written there is none.
  module.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/xsys", import.meta.url)));
  await import("./main.ts");
} else await handOver();

async function handOver() {
  const { spawn } = await import("node:child_process");
  const name = process.platform === "win32" ? "node.exe" : "node";
  const node = fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `xsys: Node ${OLDEST.join(".")} or newer is needed, and this is ${process.versions.node}: run npm ci`,
    );
    process.exit(69);
  }
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const env = { XSYS_PARENT: `${process.ppid}`, ...process.env };
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
