import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { XsysError } from "../../../../protocol/errors.ts";

/** Identifies this installation of the operating system. The id survives restarts, but not a reinstallation. */
export async function machineIdOf(platform: NodeJS.Platform): Promise<string> {
  const id = await SOURCES[platform]?.().catch(() => undefined);
  if (id) return id.toLowerCase();
  throw new XsysError("UNSUPPORTED", `binding to this machine failed: ${platform} has no readable machine id`);
}

const SOURCES: { readonly [P in NodeJS.Platform]?: () => Promise<string | undefined> } = {
  linux: async () => (await firstLineOf("/etc/machine-id")) || (await firstLineOf("/var/lib/dbus/machine-id")),
  darwin: async () =>
    /"IOPlatformUUID" = "([^"]+)"/.exec(await printed("ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"]))?.[1],
  win32: async () => /MachineGuid\s+REG_SZ\s+(\S+)/.exec(await printed("reg", [...GUID_QUERY]))?.[1],
};

const GUID_QUERY = ["query", "HKLM\\SOFTWARE\\Microsoft\\Cryptography", "/v", "MachineGuid", "/reg:64"] as const;

/**
 * Returns "" when the file is missing, or holds "uninitialized", as in a system image before its first start
 * (machine-id(5)).
 */
async function firstLineOf(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  const id = text.trim();
  return id === "uninitialized" ? "" : id;
}

async function printed(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { timeout: 10_000 })).stdout;
}
