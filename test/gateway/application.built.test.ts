import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { connect } from "../../clients/typescript/index.ts";
import { signalProcess } from "../support/signal-process.ts";
import { type StartedServer, startServer } from "../support/started-server.ts";

const WORKERS = 3;
const MAX_BODY = 2_000_000;
const FILE = randomBytes(300_000);

/** Sends a request, over HTTP/1.1 or HTTP/2. */
type Ask = (
  path: string,
  asked?: { method?: string; headers?: Record<string, string>; body?: Buffer | string },
) => Promise<Told>;

interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

describe.each(["app-node.ts", "app-sdk.ts"])("an application behind the gateway (%s)", (app) => {
  let folder: string;
  let server: StartedServer;
  let session: ClientHttp2Session;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "xsys-app-"));
    await writeFile(join(folder, "file.bin"), FILE);
    await writeFile(join(folder, "page.css"), "body { color: red }\n".repeat(500));
    const entry = fileURLToPath(new URL(`../fixtures/app/${app}`, import.meta.url));
    const words = [
      "--port=0",
      `--ipc=${folder}/s`,
      "--cluster",
      `--cluster-workers=${WORKERS}`,
      `--max-body-size=${MAX_BODY}`,
    ];
    const uploads = [`--upload-dir=${folder}/uploads`, "--upload-max-file-size=400000", "--upload-max-files=3"];
    server = await startServer([...words, ...uploads, "--timeout=1", "--entry-point", entry], {
      cwd: folder,
      add: () => {},
      env: { ...process.env, APP_FILES: folder },
    });
    session = connectHttp2(`http://${server.address()}`);
  }, 60_000);

  afterAll(async () => {
    session.destroy();
    expect((await server.stop()).status).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });

  const http1: Ask = async (path, { method = "GET", headers = {}, body } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const [host, port] = server.address().split(":");
    const request = httpRequest({ host, port, path, method, headers }, resolve).on("error", reject);
    request.end(body);
    const response = await promise;
    const told = response.headers as Record<string, string>;
    return { status: response.statusCode ?? 0, headers: told, body: await buffer(response) };
  };

  const http2: Ask = async (path, { method = "GET", headers = {}, body } = {}) => {
    const length = body !== undefined && { "content-length": Buffer.byteLength(body) };
    const stream = session.request({ ":method": method, ":path": path, ...headers, ...length });
    stream.end(body);
    const [{ ":status": status, ...told }] = await once(stream, "response");
    return { status, headers: told, body: await buffer(stream) };
  };

  describe.each([
    ["HTTP/1.1", http1],
    ["HTTP/2", http2],
  ])("over %s", (_version, ask) => {
    test("answers its routes, and unknown paths with its own 404", async () => {
      expect(String((await ask("/hello")).body)).toBe("hello");
      expect(JSON.parse(String((await ask("/users/a%20b")).body))).toEqual({ id: "a b" });
      expect((await ask("/status/418")).status).toBe(418);
      expect((await ask("/nowhere")).status).toBe(404);
    });

    test("echoes bodies: empty, small and large", async () => {
      for (const size of [0, 5, 70_000, 1_900_000]) {
        const body = randomBytes(size);
        const { status, body: echoed } = await ask("/echo", { method: "POST", body });
        expect([status, sha256(echoed)]).toEqual([200, sha256(body)]);
      }
      expect((await ask("/echo", { method: "POST", body: Buffer.alloc(MAX_BODY + 1) })).status).toBe(413);
    });

    test("streams a response of 20 MB, and one that is produced slowly", async () => {
      expect((await ask("/big?bytes=20000000")).body.length).toBe(20_000_000);
      expect(String((await ask("/stream")).body)).toBe("line 1\nline 2\nline 3\nline 4\nline 5\n");
    });

    test("compresses for clients that accept it", async () => {
      const { headers, body } = await ask("/files/page.css", { headers: { "accept-encoding": "br;q=0.1, gzip" } });
      expect(headers).toMatchObject({ "content-encoding": "gzip", vary: expect.stringMatching(/accept-encoding/i) });
      expect(gunzipSync(body).equals(await readFile(join(folder, "page.css")))).toBe(true);
    });

    test("serves ranges of files, and answers conditional requests with 304", async () => {
      const whole = await ask("/files/file.bin");
      expect(sha256(whole.body)).toBe(sha256(FILE));
      const part = await ask("/files/file.bin", { headers: { range: "bytes=100-199" } });
      expect([part.status, part.headers["content-range"]]).toEqual([206, `bytes 100-199/${FILE.length}`]);
      expect(part.body.equals(FILE.subarray(100, 200))).toBe(true);
      expect((await ask("/files/file.bin", { headers: { range: "bytes=999999-" } })).status).toBe(416);
      const etag = whole.headers.etag ?? "";
      expect((await ask("/files/file.bin", { headers: { "if-none-match": etag } })).status).toBe(304);
      for (const way of ["/files/..%2f..%2fetc%2fpasswd", "/files/%2e%2e/%2e%2e/etc/passwd", "/files/.%00"]) {
        expect((await ask(way)).status).toBeGreaterThanOrEqual(400);
      }
    });

    test("accepts forms with files, and reports the rejected ones", async () => {
      const form = new FormData();
      form.append("title", "two");
      form.append("title", "titles");
      form.append("small", new Blob([FILE.subarray(0, 1_000)]), "../small.bin");
      form.append("large", new Blob([Buffer.alloc(400_001)]), "large.bin");
      const encoded = new Response(form);
      const { body } = await ask("/upload", {
        method: "POST",
        headers: { "content-type": encoded.headers.get("content-type") ?? "" },
        body: Buffer.from(await encoded.arrayBuffer()),
      });
      const { fields, files, errors } = JSON.parse(String(body));
      expect(fields).toEqual({ title: ["two", "titles"] });
      expect(files).toMatchObject([{ fieldname: "small", size: 1_000 }]);
      expect(files[0].path.startsWith(join(folder, "uploads"))).toBe(true);
      expect((await readFile(files[0].path)).equals(FILE.subarray(0, 1_000))).toBe(true);
      expect(errors).toMatchObject([
        { fieldname: "large", type: "LIMIT_FILE_SIZE", message: expect.stringContaining("exceeds limit") },
      ]);
    });

    test("is answered for with 504 when it takes too long", async () => {
      expect((await ask("/slow?ms=10")).status).toBe(200);
      expect((await ask("/slow?ms=60000")).status).toBe(504);
    });
  });

  test("accepts WebSocket connections", async () => {
    const socket = new WebSocket(`ws://${server.address()}/socket`);
    await once(socket, "open");
    for (const size of [1, 70_000, 1_000_000]) {
      const message = randomBytes(size);
      socket.send(message);
      const [echoed] = await once(socket, "message");
      expect(sha256(echoed)).toBe(sha256(message));
    }
    socket.close();
    await once(socket, "close");
  });

  test("uses all of its workers, and a GET survives the death of its worker", async () => {
    const pids = new Set<number>();
    while (pids.size < WORKERS) pids.add(JSON.parse(String((await http1("/pid")).body)).pid);
    const slow = Array.from({ length: 6 }, () => http1("/slow?ms=300"));
    await expect.poll(inFlight).toBeGreaterThanOrEqual(6);
    signalProcess([...pids][0], "SIGKILL");
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    await expect.poll(workersReady, { timeout: 20_000 }).toBe(WORKERS);
    const crashes = await command((client) => client.cluster.crashes({}));
    expect(crashes[0]).toMatchObject({ pid: [...pids][0], reason: expect.stringContaining("SIGKILL") });
  });

  test("is restarted under load without a failed request", async () => {
    const before = new Set<number>();
    while (before.size < WORKERS) before.add(JSON.parse(String((await http1("/pid")).body)).pid);
    let isOver = false;
    const statuses: number[] = [];
    const asking = Array.from({ length: 4 }, async () => {
      while (!isOver) statuses.push((await http1("/pid")).status);
    });
    await command(async (client) => client.cluster.restart({}).result);
    isOver = true;
    await Promise.all(asking);
    expect(new Set(statuses)).toEqual(new Set([200]));
    for (let i = 0; i < WORKERS; i++) expect(before).not.toContain(JSON.parse(String((await http1("/pid")).body)).pid);
  }, 60_000);

  async function inFlight(): Promise<number> {
    return JSON.parse(String((await http1("/_xypriss/b/status")).body)).requests_in_flight - 1;
  }

  async function workersReady(): Promise<number> {
    return JSON.parse(String((await http1("/_xypriss/b/status")).body)).workers.ready;
  }

  async function command<T>(run: (client: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> {
    const client = await connect({ socket: join(folder, "s") });
    try {
      return await run(client);
    } finally {
      client.close();
    }
  }
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
