import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Readable, Transform } from "node:stream";
import { Exchange } from "../../../internal/gateway/exchange/exchange.ts";
import type { UploadOptions } from "../../../internal/gateway/options.ts";
import { createUploads, type Form } from "../../../internal/gateway/uploads/uploads.ts";
import type { Sandbox } from "../../support/sandbox.ts";

export const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

export interface UploadServer {
  readonly url: string;
  /** Errors of reading forms, in order. */
  readonly failures: unknown[];
  /** Sends a form. Returns the status and what a worker would receive. */
  post(
    form: FormData,
  ): Promise<{ status: number; body: Record<string, unknown> } & Pick<Form, "files" | "uploadErrors">>;
  close(): void;
}

/** A real server that reads forms of up to `maxBody` bytes, and answers with what a worker would receive. */
export async function serveUploads(options: UploadOptions, maxBody = 1e9): Promise<UploadServer> {
  const uploads = await createUploads(options);
  const failures: unknown[] = [];
  const server = createServer(async (request, response) => {
    const exchange = new Exchange(request, response, "");
    response.on("close", () => exchange.end());
    try {
      const form = await uploads(exchange, bounded(request, maxBody));
      if ("status" in form) response.writeHead(form.status).end(form.body);
      else response.end(JSON.stringify({ ...form, body: JSON.parse(form.body.toString()) }));
    } catch (error) {
      failures.push(error);
      response.writeHead(500).end(JSON.stringify({}));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    failures,
    post: async (body) => {
      const response = await fetch(url, { method: "POST", body });
      return { status: response.status, ...((await response.json()) as { body: Record<string, unknown> } & Form) };
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Directories in the sandbox, without limits except those given. */
export function uploadOptions(sandbox: Sandbox, options: Partial<UploadOptions>): UploadOptions {
  return {
    folder: sandbox.path("uploads"),
    tempFolder: sandbox.path("temp"),
    useTempFiles: false,
    maxFileSize: 0,
    maxFiles: 0,
    allowedTypes: [],
    useSubfolder: false,
    ...options,
  };
}

export class OverLimit extends Error {}

function bounded(request: Readable, most: number): Readable {
  let size = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > most) done(new OverLimit());
      else done(null, chunk);
    },
  });
  request.on("close", () => request.readableEnded || body.destroy());
  return request.pipe(body);
}

/** The text of a multipart body, with the boundary `b`. */
export function multipart(...parts: { readonly head: string; readonly content?: string }[]): string {
  return `${parts.map(({ head, content = "" }) => `--b\r\n${head}\r\n\r\n${content}\r\n`).join("")}--b--\r\n`;
}

export function form(...entries: (readonly [name: string, value: string | File])[]): FormData {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value as string);
  return data;
}

/** A file for a form. */
export function file(contents: string | Uint8Array<ArrayBuffer>, name: string, type = "text/plain"): File {
  return new File([contents], name, { type });
}

export const PNG = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
);

/** The names of all files below a directory; empty if it does not exist. */
export async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
