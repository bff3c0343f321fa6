import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";

/** A temporary folder for each test, or for all tests of a file, removed after it. */
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
  return sandboxFor({ before: beforeEach, after: afterEach }, parent);
}

/** For tests that build on each other. */
export function useSandboxOfFile(): Sandbox {
  return sandboxFor({ before: beforeAll, after: afterAll });
}

interface Hooks {
  readonly before: typeof beforeEach | typeof beforeAll;
  readonly after: typeof afterEach | typeof afterAll;
}

function sandboxFor({ before, after }: Hooks, parent: string = tmpdir()): Sandbox {
  const sandbox = new Sandbox();
  before(async () => {
    sandbox.root = await mkdtemp(join(parent, "xsys-test-"));
  });
  after(async () => {
    await rm(sandbox.root, { recursive: true, force: true });
  });
  return sandbox;
}
