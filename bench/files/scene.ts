import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Size of the measurement. */
export interface Amounts {
  readonly files: number;
  readonly folders: number;
  /** Size of the large file. */
  readonly mebibytes: number;
  /** Maximum number of rounds. */
  readonly rounds: number;
}

export interface Places {
  readonly tree: string;
  /** The large file. */
  readonly file: string;
  /** An unused path, for what a command creates or removes. */
  readonly made: string;
  /** File for the output of programs. */
  readonly output: string;
}

/** A line that one file in 50 contains. */
export const NEEDLE = "needle in the hay";

const LONGEST = 4_000;
const WORDS = "the service copies every file below a folder and tells how far it has come while others wait".split(" ");

export function makeScene(own: string, { files, folders, mebibytes }: Amounts): Places {
  const places = {
    tree: join(own, "tree"),
    file: join(own, "file"),
    made: join(own, "made"),
    output: join(own, "out"),
  };
  makeTree(places.tree, files, folders);
  makeFile(places.file, mebibytes);
  return places;
}

/** Ten folders in each folder. Files are text with 2,000 bytes on average; one file in ten is a duplicate. */
function makeTree(tree: string, files: number, folders: number): void {
  const paths = [tree];
  mkdirSync(tree);
  for (let n = 1; n < folders; n++) {
    const path = join(paths[Math.floor((n - 1) / 10)] as string, `folder-${n}`);
    mkdirSync(path);
    paths.push(path);
  }
  for (let n = 0; n < files; n++) {
    writeFileSync(join(paths[n % folders] as string, `file-${n}.txt`), text(n % 10 === 9 ? n - 9 : n));
  }
}

/** The text of a number is always the same. A Lehmer generator (Park and Miller, 1988) selects the words. */
function text(n: number): string {
  let state = n + 1;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const length = next(LONGEST);
  let lines = n % 50 === 0 ? `${NEEDLE}\n` : "";
  for (let word = 0; lines.length < length; word++) {
    lines += `${WORDS[next(WORDS.length)]}${word % 8 === 7 ? ` ${next(100_000)}\n` : " "}`;
  }
  return lines;
}

function makeFile(path: string, mebibytes: number): void {
  const block = randomBytes(1_048_576);
  const file = openSync(path, "w");
  for (let n = 0; n < mebibytes; n++) writeSync(file, block);
  closeSync(file);
}
