import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Creates a single executable of this Node that does nothing in a folder, and returns its path. */
export async function makeEmptyExecutable(folder: string): Promise<string> {
  const [main, configuration] = [join(folder, "empty.js"), join(folder, "sea.json")];
  const output = join(folder, process.platform === "win32" ? "empty.exe" : "empty");
  await writeFile(main, "");
  await writeFile(configuration, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
  await promisify(execFile)(process.execPath, ["--build-sea", configuration]);
  await chmod(output, 0o755);
  return output;
}
