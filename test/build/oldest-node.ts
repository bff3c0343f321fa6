import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export interface FoundNode {
  readonly file: string;
  /** Major and minor version. */
  readonly version: readonly [number, number];
}

/** The oldest Node on PATH from 20.9 on, which the packages support, or else the Node that runs the tests. */
export async function oldestNode(): Promise<FoundNode> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const files = [process.execPath, ...folders.map((folder) => join(folder, "node"))];
  const found = (await Promise.all(files.map(nodeIn))).filter((node) => node !== undefined);
  const [oldest] = found
    .filter(({ version }) => age(version) >= age([20, 9]))
    .sort((a, b) => age(a.version) - age(b.version));
  return oldest as FoundNode;
}

function age([major, minor]: FoundNode["version"]): number {
  return major * 1_000 + minor;
}

async function nodeIn(file: string): Promise<FoundNode | undefined> {
  const { stdout } = await promisify(execFile)(file, ["--version"]).catch(() => ({ stdout: "" }));
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(stdout) ?? [];
  return major === undefined ? undefined : { file, version: [Number(major), Number(minor)] };
}
