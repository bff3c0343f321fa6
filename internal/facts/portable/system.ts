import { uptime } from "node:os";
import type { System } from "../facts.ts";
import { systeminformation } from "./systeminformation.ts";

export async function readSystem(): Promise<System> {
  const { distro, release, codename } = await (await systeminformation()).osInfo();
  return {
    os_name: distro,
    os_version: release,
    os_edition: codename,
    boot_time: Math.round(Date.now() / 1000 - uptime()),
  };
}
