import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Script {
  readonly name: string;
  /** The steps, one per line, split into words. */
  readonly steps: readonly (readonly string[])[];
  readonly expected: readonly string[];
  /** Changes that may be reported or not: a recreated directory may get the inode number of the old one. */
  readonly optional: readonly string[];
}

const FOLDER = join(import.meta.dirname, "scripts");

/** Reads `scripts/*.txt`: steps, an empty line, and the expected changes. */
export async function scripts(): Promise<Script[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".txt"));
  return Promise.all(
    files.map(async (file) => {
      const [steps = "", expected = ""] = (await readFile(join(FOLDER, file), "utf8")).split(/\n\n/);
      return {
        name: file.slice(0, -4).replaceAll("-", " "),
        steps: steps.split("\n").map((line) => line.split(" ")),
        expected: expected.split("\n").filter((line) => line !== "" && !line.startsWith("? ")),
        optional: expected.split("\n").flatMap((line) => (line.startsWith("? ") ? line.slice(2) : [])),
      };
    }),
  );
}
