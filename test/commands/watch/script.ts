import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Script {
  readonly name: string;
  /** Words by line: what is to be done. */
  readonly steps: readonly (readonly string[])[];
  readonly expected: readonly string[];
  /** Told or not: a folder made anew may have the inode of the one before it. */
  readonly optional: readonly string[];
}

const FOLDER = join(import.meta.dirname, "scripts");

/** The scripts of `scripts/*.txt`: steps, an empty line, and the changes that are to be told. */
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
