import type { IncomingHttpHeaders } from "node:http";
import type { Exchange } from "../../../internal/gateway/exchange/exchange.ts";
import { createGuards, type Guards } from "../../../internal/gateway/guards/guards.ts";
import type { GuardOptions } from "../../../internal/gateway/options.ts";
import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { fakeLog } from "../fake-log.ts";

/** The guards, and the lines that they have logged. */
export async function guardsWith(options: GuardOptions): Promise<Guards & { logged: Record<string, unknown>[] }> {
  const { log, lines } = fakeLog();
  return { ...(await createGuards(options, { log })), logged: lines };
}

export function request(url: string, headers: Headers = {}): WorkerRequest {
  const query = Object.fromEntries([...new URLSearchParams(url.split("?")[1])].reverse());
  return { method: "GET", url, headers, query, params: {}, remoteAddr: "127.0.0.1:5", localAddr: "127.0.0.1:80" };
}

/** A request with a JSON body: a value, or a text that is sent unchanged. */
export function json(value: object | string): WorkerRequest {
  const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  return { ...request("/items", { "content-type": "application/json" }), method: "POST", body };
}

export function form(text: string): WorkerRequest {
  const body = Buffer.from(text);
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
  return { ...request("/items", headers), method: "POST", body };
}

/** The exchange of a request. */
export function exchangeOf({ method, url, headers }: WorkerRequest, route?: string, client = "127.0.0.1"): Exchange {
  const exchange = fakeExchange({ method, url, headers: headers as IncomingHttpHeaders, client });
  exchange.route = route ?? exchange.path;
  return exchange;
}
