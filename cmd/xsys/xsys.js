#!/usr/bin/env node
// The executable's first step, in plain JavaScript that any Node understands: an older Node than the one xsys is
// written for hands over to the one that was installed beside it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST = [22, 22];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) await import("./main.ts");
else handOver();

function handOver() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const node = fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `xsys: Node ${OLDEST.join(".")} or newer is needed, and this is ${process.versions.node}: run npm ci`,
    );
    process.exit(69);
  }
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
