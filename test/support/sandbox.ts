import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** A temporary folder for each test, removed after it. */
export class Sandbox {
  root = "";

  path(...segments: string[]): string {
    return join(this.root, ...segments);
  }

  /** Writes a file, creates its parent folders, and returns its absolute path. */
  async write(path: string, contents: string | Uint8Array, mode?: number): Promise<string> {
    const file = this.path(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents, mode === undefined ? {} : { mode });
    return file;
  }

  read(path: string): Promise<string> {
    return readFile(this.path(path), "utf8");
  }
}

export function useSandbox(parent: string = tmpdir()): Sandbox {
  const sandbox = new Sandbox();
  beforeEach(async () => {
    sandbox.root = await mkdtemp(join(parent, "xsys-test-"));
  });
  afterEach(async () => {
    await rm(sandbox.root, { recursive: true, force: true });
  });
  return sandbox;
}
