import type { System } from "../facts.ts";
import { readBootTime } from "./clock.ts";
import { readKernelFile } from "./kernel-file.ts";

/** os-release(5) and the boot time. */
export function readSystem(): System {
  const release = parseOsRelease(readKernelFile("/etc/os-release") ?? readKernelFile("/usr/lib/os-release") ?? "");
  return {
    os_name: release.NAME || "Linux",
    os_version: release.VERSION_ID ?? "",
    os_edition: release.VERSION_CODENAME || release.PRETTY_NAME || "",
    boot_time: readBootTime(),
  };
}

/**
 * Shell assignments, one per line: `NAME="Debian GNU/Linux"`, `ID=debian`. In double quotes, `\` escapes `$ " \` and
 * backquote.
 */
export function parseOsRelease(text: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    Array.from(text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm), ([, key = "", value = ""]) => [key, unquoted(value.trimEnd())]),
  );
}

function unquoted(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1);
  return (/^".*"$/.test(value) ? value.slice(1, -1) : value).replace(/\\([$"\\`])/g, "$1");
}
