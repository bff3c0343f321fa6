#!/usr/bin/env node
// Entry point, in plain JavaScript that every Node understands: if this Node is too old for xsys, it starts the Node
// that is installed as a dependency.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST = [22, 22];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  // Without the cache, types are stripped and the sources compiled on every call: 150 ms instead of 60. The cache is
  // stored with the sources, so that only users who can write to them can write to it. If it is not writable, there is
  // no cache.
  module.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/xsys", import.meta.url)));
  await import("./main.ts");
} else await handOver();

async function handOver() {
  const { spawn } = await import("node:child_process");
  const name = process.platform === "win32" ? "node.exe" : "node";
  const node = fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `xsys: Node ${OLDEST.join(".")} or newer is required, but this is ${process.versions.node}: run npm ci`,
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
