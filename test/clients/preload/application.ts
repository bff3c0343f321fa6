import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { bundlePreload } from "../../../scripts/build/preload.ts";
import { useChildren } from "../../support/children.ts";
import { FakeGateway } from "../../support/fake-gateway.ts";
import { useSandbox } from "../../support/sandbox.ts";

/** The variables by which a service tells a worker what it needs. */
const WORKER = { XYPRISS_WORKER_ID: "3", XSYS_WORKER_KEY: "a-key", XSYS_GATEWAY: "http://127.0.0.1:8080" };

interface Start {
  readonly env?: NodeJS.ProcessEnv;
  readonly node?: string;
  /** Name of the script. With `.mjs` it is an ES module. */
  readonly file?: string;
  /** Words of Node before the script, in place of `--require` and the preload. */
  readonly options?: readonly string[];
}

/** A fake gateway, and a function that runs the code of an application with the preload, as its worker. */
export function usePreload() {
  const sandbox = useSandbox();
  const children = useChildren();
  const scene = { gateway: undefined as unknown as FakeGateway, preload: "", start };
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "xsys-preload-"));
    scene.preload = join(folder, "preload.cjs");
    await bundlePreload(scene.preload);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    scene.gateway = await FakeGateway.listen(sandbox.path("gateway.sock"));
  });
  afterEach(() => scene.gateway.close());

  async function start(code: string, { env = {}, node = process.execPath, file, options }: Start = {}) {
    const script = await sandbox.write(file ?? "app.cjs", code);
    const { NODE_OPTIONS: _, PORT: __, ...inherited } = process.env;
    const child = spawn(node, [...(options ?? ["--require", scene.preload]), script], {
      env: { ...inherited, XYPRISS_IPC_PATH: scene.gateway.path, ...WORKER, ...env },
      cwd: sandbox.root,
    });
    return new Application(children.add(child));
  }
  return scene;
}

/** A running application. It tells what it has seen as lines of JSON. */
export class Application {
  readonly child: ChildProcess;
  /** Its standard error. */
  errors = "";
  readonly ended: Promise<unknown[]>;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.child = child;
    this.ended = once(child, "close");
    child.stderr?.on("data", (bytes) => {
      this.errors += bytes;
    });
    this.#lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  }

  /** What it tells next. */
  // biome-ignore lint/suspicious/noExplicitAny: tests check arbitrary values
  async told(): Promise<any> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the application has ended: ${this.errors}`);
    return JSON.parse(value);
  }

  /** Resolves when its standard error matches. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.errors)) await once(this.child.stderr as NodeJS.ReadableStream, "data");
  }
}

/** Beginning of an application's code. */
export const TELL = `
const tell = (...values) => console.log(JSON.stringify(values));
const http = require("node:http");
`;
