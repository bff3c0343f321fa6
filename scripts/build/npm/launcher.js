#!/usr/bin/env node
// The programs of xsys-cli: the executable of the platform's own package, in this one's place where Node can do that.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const os = { win32: "windows", darwin: "darwin" }[process.platform] ?? "linux";
const name = `xsys-cli-${os}-${process.arch === "arm64" ? "arm64" : "amd64"}`;
const file = executable();
const words = process.argv.slice(2);
if (typeof process.execve === "function" && os !== "windows") {
  process.removeAllListeners("warning"); // of it being experimental
  process.execve(file, [file, ...words], process.env);
}
const child = spawn(file, words, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

function executable() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), os === "windows" ? "xsys.exe" : "xsys");
  } catch {
    console.error(
      `xsys: the package ${name} is not installed; npm installs it beside xsys-cli, unless it omits optional ones`,
    );
    process.exit(69);
  }
}
