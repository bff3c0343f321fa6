import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { CommandName } from "../../protocol/commands/index.ts";

const NOBODY = 65_534;

export type Outcome = { readonly result: unknown } | { readonly code: string; readonly message: string };

/**
 * Calls a command in a process without root privileges: as the current user, or as `nobody` when the tests run as root.
 * The command is first run once with the privileges of the tests, so that all its modules are loaded. `warmUp` replaces
 * the params of that first run, when they would change what is tested.
 */
export async function callAsOrdinaryUser(
  root: string,
  name: CommandName,
  params: object,
  warmUp: object = params,
): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "--eval",
    SCRIPT,
    JSON.stringify({ root, name, params, warmUp, user: NOBODY }),
  ]);
  return JSON.parse(stdout);
}

const internal = (file: string) => JSON.stringify(new URL(`../../internal/${file}`, import.meta.url).href);

const SCRIPT = `
import { oneShotHost } from ${internal("host/one-shot-host.ts")};
import { Router } from ${internal("host/router.ts")};
const { root, name, params, warmUp, user } = JSON.parse(process.argv[1]);
const router = new Router(oneShotHost({ root }));
const signal = new AbortController().signal;
const run = async (params) => router.call(name, params, { signal, input: [], output: { write: async () => {} }, events: { ready: true, emit: async () => {} } });
await run(warmUp).catch(() => {});
if (process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(user);
  process.setuid(user);
}
const outcome = await run(params).then((result) => ({ result }), ({ code, message }) => ({ code, message }));
process.stdout.write(JSON.stringify(outcome));
`;
