import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import { Exchange } from "../../../internal/gateway/exchange/exchange.ts";
import { writeAnswer } from "../../../internal/gateway/exchange/write-answer.ts";
import { createFileServer, type FileServer } from "../../../internal/gateway/files/file-server.ts";
import type { StaticOptions } from "../../../internal/gateway/options.ts";
import { fakeLog } from "../fake-log.ts";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

export interface FileSite {
  readonly files: FileServer;
  /** Records that the file server logged. */
  readonly lines: Record<string, unknown>[];
  ask(path: string, asking?: Asking): Promise<Reply>;
  /** Resolves with the response's header; its body is not read. */
  open(path: string, asking?: Asking): Promise<IncomingMessage>;
}

const DEFAULTS: StaticOptions = { concurrency: 64, cacheEntries: 100, dotfiles: "deny" };

/** A Node server that answers with files; `rule` selects the file. */
export async function fileSite(
  options: Partial<StaticOptions>,
  rule: (files: FileServer, exchange: Exchange) => Answer | Promise<Answer>,
): Promise<FileSite> {
  const { log, lines } = fakeLog();
  const files = createFileServer({ ...DEFAULTS, ...options }, { log });
  const server = createServer(async (incoming, response) => {
    const exchange = new Exchange(incoming, response, "192.0.2.1");
    response.once("close", () => exchange.end());
    writeAnswer(exchange, await rule(files, exchange));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => close(server));
  onTestFinished(() => files.close());
  const { port } = server.address() as AddressInfo;
  const open = async (path: string, { method = "GET", headers = {} }: Asking = {}) => {
    const asked = request({ port, host: "127.0.0.1", path, method, headers, agent: false }).end();
    const [reply] = (await once(asked, "response")) as [IncomingMessage];
    return reply;
  };
  const ask = async (path: string, asking?: Asking) => {
    const reply = await open(path, asking);
    return { status: reply.statusCode ?? 0, headers: reply.headers, body: await buffer(reply) };
  };
  return { files, lines, ask, open };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
