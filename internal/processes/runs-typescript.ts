import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Milliseconds for a program to answer. */
const TIMEOUT = 5_000;

/** Whether a Node can run TypeScript directly. */
export async function runsTypeScript(node: string): Promise<boolean> {
  const { NODE_OPTIONS, ...env } = process.env;
  const question = "String(process.features.typescript)";
  const answer = await run(node, ["-p", question], { env, timeout: TIMEOUT }).catch(() => ({ stdout: "" }));
  return /^(strip|transform)\s*$/.test(answer.stdout);
}

const run = promisify(execFile);
