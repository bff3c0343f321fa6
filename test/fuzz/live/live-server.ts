import { deepStrictEqual, ok } from "node:assert";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ProbedProcess } from "../../../bench/soak/probed-process.ts";
import type { Vitals } from "../../../bench/soak/vitals.ts";
import type { Random } from "../random.ts";
import { askGoodClient } from "./good-client.ts";
import { attackHttp } from "./http-attack.ts";
import { attackSocket } from "./socket-attack.ts";

const MEBIBYTE = 1_048_576;
/** Simultaneous connections of attackers, to the socket and over HTTP together. */
const ATTACKERS = 16;
/** Inputs per connection to the socket. An HTTP connection has one input. */
const PER_CONNECTION = 12;
/** Interval of the checks for what is still open, in milliseconds. */
const LOOK = 100;
/** Time in which the server must clean up after attackers (calls, threads, requests), in milliseconds. */
const PATIENCE = 20_000;
/** Maximum heap growth after garbage collection in the later batches, in bytes. Compiled code and caches may grow. */
const MOST_GROWTH = 24 * MEBIBYTE;

const asFlag = (settings: object) => Buffer.from(JSON.stringify(settings)).toString("base64");

/** Enables every feature that parses what clients send. */
const FLAGS = [
  ["--upload-dir", "uploads", "--upload-temp-dir", "uploads-temp", "--upload-use-temp-files=true"],
  ["--upload-max-file-size", "1000", "--upload-max-files", "3"],
  ["--conversion-enabled", "--conv-xml-json", "--conv-auto-reply", "--conv-content-sniffing"],
  ["--perf-compression=true", "--compression-threshold", "1"],
  ["--csrf-config-json", asFlag({ secret: "s", ignoredMethods: ["GET", "HEAD", "OPTIONS", "POST", "PUT"] })],
  ...["xss", "sqli", "cmd-inject", "path-traversal", "ldap-inject", "xxe", "hpp"].map((guard) => [
    `--${guard}-config-json`,
    asFlag({ enabled: true, blockOnDetection: true }),
  ]),
  ["--queue-timeout", "500", "--timeout", "2", "--max-body-size", "20000", "--log-level", "error"],
].flat();

/** A process of `xsys server start`, confined to a directory, and its attackers. */
export class LiveServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: ProbedProcess;
  readonly #socket: string;
  readonly #port: number;
  readonly #atStart: Vitals;
  readonly #after: Vitals[] = [];

  static async start(): Promise<LiveServer> {
    const folder = await mkdtemp(join(tmpdir(), "xsys-fuzz-"));
    await mkdir(join(folder, "root/sub"), { recursive: true });
    await writeFile(join(folder, "root/a.txt"), "contents\n");
    const socket = join(folder, "s");
    const words = ["--root", join(folder, "root"), "--confine", "server", "start", "--port", "0", "--ipc", socket];
    const { process, match } = await ProbedProcess.start([...words, ...FLAGS], /listening on 127\.0\.0\.1:(\d+)/, {
      cwd: folder,
    });
    const server = { folder, process, socket, port: Number(match[1]) };
    await askGoodClient(server, 0); // loads the modules that every client needs
    return new LiveServer(server, await process.vitals());
  }

  private constructor(
    { folder, process, socket, port }: { folder: string; process: ProbedProcess; socket: string; port: number },
    vitals: Vitals,
  ) {
    this.#folder = folder;
    this.#process = process;
    this.#socket = socket;
    this.#port = port;
    this.#atStart = vitals;
  }

  /** The end of its output. */
  get said(): string {
    return this.#process.output;
  }

  /** Sends half of the inputs to the socket, many per connection, and half to HTTP. Resolves when all have disconnected. */
  async attack(random: Random, inputs: number): Promise<void> {
    let left = inputs;
    const attacker = async () => {
      while (left > 0) {
        const count = random.chance(1 / (PER_CONNECTION + 1)) ? PER_CONNECTION : 1; // half of the inputs each
        left -= count;
        if (count === 1) await attackHttp(random, this.#port);
        else await attackSocket(random, this.#socket, count);
      }
    };
    await Promise.all(Array.from({ length: ATTACKERS }, attacker));
  }

  /** Checks that it still works, has released what attackers left open, and has written no file outside its root. */
  async check(): Promise<void> {
    await askGoodClient({ socket: this.#socket, port: this.#port }, this.#after.length + 1);
    this.#after.push(await this.#rest());
    const outside = (await readdir(this.#folder)).filter((name) => !name.startsWith("uploads"));
    deepStrictEqual(outside.sort(), ["root", "s"]);
    const uploads = await readdir(join(this.#folder, "uploads-temp")).catch(() => []);
    deepStrictEqual(uploads, [], "forms that broke off left temporary files");
  }

  /** Checks that the second half of the batches needed no more memory than the first half. */
  async checkTrend(): Promise<void> {
    const heaps = this.#after.map(({ heap, external }) => heap + external);
    const half = Math.floor(heaps.length / 2);
    const growth = Math.min(...heaps.slice(half)) - Math.min(...heaps.slice(0, half));
    ok(growth < MOST_GROWTH, `its heap grew by ${growth} bytes: ${heaps.join(", ")}`);
  }

  figures(): string {
    const heaps = this.#after.map(({ heap }) => (heap / MEBIBYTE).toFixed(1));
    return `heap after each batch ${heaps.join(", ")} MiB, ${this.#after.at(-1)?.files.length} files open`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Waits until no more resources are open than at the start, and returns the measurements. */
  async #rest(): Promise<Vitals> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const now = await this.#process.vitals();
      const { files, listeners, sockets } = this.#atStart;
      if (now.files.length <= files.length && now.listeners <= listeners && now.sockets <= sockets) return now;
      ok(
        performance.now() < end,
        `left open: ${JSON.stringify(now)}, and at the start ${JSON.stringify(this.#atStart)}`,
      );
      await pause(LOOK);
    }
  }
}
