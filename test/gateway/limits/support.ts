import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gate } from "../../../internal/gateway/exchange/answer.ts";
import { Exchange } from "../../../internal/gateway/exchange/exchange.ts";

export interface GatedServer {
  readonly url: string;
  /** Exchanges that have passed the gate and are not answered yet. */
  readonly passed: Exchange[];
  /** Answers the oldest one. */
  answer(): void;
  close(): void;
}

/** A real server behind a gate. Requests that pass are answered at once, or by `answer`. */
export async function serveBehind(gate: Gate, answersAtOnce = true): Promise<GatedServer> {
  const passed: Exchange[] = [];
  const answer = () => {
    const exchange = passed.shift();
    const response = exchange?.response as ServerResponse | undefined;
    response?.writeHead(200, exchange?.extraHeaders as Record<string, string>).end("passed");
  };
  const server = createServer(async (request, response) => {
    const exchange = new Exchange(request, response, request.socket.remoteAddress ?? "");
    response.on("close", () => exchange.end());
    const refusal = await gate(exchange);
    if (refusal !== undefined) {
      const headers = { ...(refusal.headers as Record<string, string>), ...exchange.extraHeaders };
      response.writeHead(refusal.status, headers as Record<string, string>).end(refusal.body);
      return;
    }
    passed.push(exchange);
    if (answersAtOnce) answer();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    answer,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
