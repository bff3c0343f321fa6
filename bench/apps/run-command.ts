import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import type { Words } from "../files/program.ts";
import type { Outcome } from "./manager.ts";

/** Milliseconds after which a command is killed. The slowest of them takes a few seconds. */
const TIME_LIMIT = 20_000;
/** Characters of a message. */
const MESSAGE = 200;

/** Runs a command to its end. */
export async function runCommand([program, ...args]: Words, env: NodeJS.ProcessEnv, cwd: string): Promise<Outcome> {
  const begun = performance.now();
  const child = spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], timeout: TIME_LIMIT });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status, signal] = await once(child, "exit");
  const milliseconds = performance.now() - begun;
  const [stdout, stderr] = await output;
  if (signal !== null) return { status: -1, message: `ended by ${signal}`, stdout, milliseconds };
  return { status, message: status === 0 ? "" : messageOf(stderr, stdout), stdout, milliseconds };
}

function messageOf(...outputs: readonly string[]): string {
  const lines = outputs
    .flatMap((output) => stripVTControlCharacters(output).split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? "").slice(0, MESSAGE);
}
