import { userInfo } from "node:os";
import { resolve } from "node:path";
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import { readServeWords } from "../serve.ts";
import { serverOptions } from "../server/server-options.ts";
import { UNIT_OPTIONS } from "./unit-options.ts";
import { serviceText, socketText, type UnitOptions } from "./unit-text.ts";

/** %t is systemd's specifier for /run, or for the user's runtime directory. */
const RUN = "%t/xsys/xsys.sock";

/**
 * Prints a systemd unit that runs `xsys serve` or `xsys server start` with the flags that follow. Returns the exit
 * status.
 * @throws the errors of the service for these flags, so that no unit is printed that cannot start
 */
export async function printServiceUnit(words: readonly string[]): Promise<number> {
  const isOwn = (word: string) => word.startsWith("--") && Object.hasOwn(UNIT_OPTIONS, word.slice(2));
  const given = words.slice(words.indexOf("service-unit") + 1).filter((word) => !isOwn(word));
  const service = given[0] === "serve" || given[0] === "server" ? given : ["serve", ...given];
  const facts = await factsOf(service);
  const named = socketOf(service);
  const unit: UnitOptions = {
    ...facts,
    command: [...program(), ...service],
    socket: named === undefined ? { specifier: RUN } : resolve(named),
    folder: process.cwd(),
    user: words.includes("--user") ? undefined : userInfo().username,
  };
  process.stdout.write(words.includes("--socket-unit") ? socketText(unit) : serviceText(unit));
  return 0;
}

async function factsOf(words: readonly string[]): Promise<Pick<UnitOptions, "writes" | "drainTimeout" | "port">> {
  if (words[0] === "serve") {
    const { values, root } = await readServeWords(words);
    return { writes: [root], drainTimeout: values["drain-timeout"] };
  }
  const { root, gateway, limits } = await serverOptions(words);
  const { uploads, port } = gateway;
  const folders = uploads === undefined ? [] : [uploads.folder, uploads.tempFolder];
  return { writes: [root, ...folders], drainTimeout: limits.drainTimeout ?? 0, port };
}

/** The socket given on the command line. */
function socketOf(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const found = /^--(?:socket|ipc)(?:=(.*))?$/.exec(word);
    if (found !== null) return found[1] ?? words[index + 1];
  }
  return undefined;
}

function program(): string[] {
  if (isSea()) return [process.execPath];
  return [process.execPath, "--no-warnings", fileURLToPath(new URL("../xsys.js", import.meta.url))];
}
