import { execFile } from "node:child_process";
import { XsysError } from "../../../protocol/errors.ts";
import type { Host } from "../../base/context.ts";
import { isSystemUnit } from "./boot-unit.ts";

interface Finished {
  readonly status: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs systemctl for the system, or for another user than root for the user's own instance. Returns what it prints.
 * @throws UNAVAILABLE with what it complains about
 */
export async function systemctl(host: Host, ...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await finished(host, words);
  if (status === 0) return stdout.trim();
  throw new XsysError("UNAVAILABLE", `systemctl ${words.join(" ")} failed: ${stderr.trim() || `status ${status}`}`);
}

/** @throws UNSUPPORTED if no systemd runs here */
export async function needSystemd(host: Host): Promise<void> {
  const { status, stdout, stderr } = await finished(host, ["is-system-running"]);
  if (STATES.has(stdout.trim())) return;
  const why = status === "ENOENT" ? "there is no systemctl" : stderr.trim() || `it is ${stdout.trim() || "not there"}`;
  throw new XsysError(
    "UNSUPPORTED",
    `systemd does not run here (${why}): let what starts programs at boot run \`xsys daemon\`; with --print you get the ` +
      "unit for another machine",
  );
}

/** What `systemctl is-system-running` prints of a systemd that runs. Its exit status is 0 for `running` alone. */
const STATES: ReadonlySet<string> = new Set(["initializing", "starting", "running", "degraded", "maintenance"]);

function finished({ env, cwd }: Host, words: readonly string[]): Promise<Finished> {
  const args = [...(isSystemUnit() ? [] : ["--user"]), ...words];
  return new Promise((resolve) => {
    execFile("systemctl", args, { env, cwd }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? error.signal ?? undefined), stdout, stderr });
    });
  });
}
