import { randomBytes } from "node:crypto";
import type { WorkerRequest } from "../../../protocol/worker.ts";
import type { Logger } from "../../log.ts";
import { type AnswerFilter, errorAnswer, type RequestFilter } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { cookieOf, cookieText } from "./cookies.ts";
import { CsrfTokens } from "./csrf-tokens.ts";
import { sentToken } from "./sent-token.ts";
import type { Settings } from "./settings.ts";
import { originRuleOf } from "./trusted-origins.ts";

/**
 * Refuses a request that changes something and does not prove that it comes from a page of the application: it has to
 * send the token of its cookie a second time, where another site's page cannot put it. Tokens are signed, so that nobody
 * who can set a cookie can make one up.
 */
export function createCsrf(
  settings: Settings,
  log: Logger,
): { requestFilter: RequestFilter; answerFilter: AnswerFilter } {
  const tokens = new CsrfTokens(secretOf(settings, log));
  const cookies = cookiesOf(settings);
  const ignored = new Set(settings.texts("ignoredMethods", SAFE).map((method) => method.toUpperCase()));
  const isTrusted = originRuleOf(settings);
  const refusal = errorAnswer(403, "Invalid or missing CSRF token");
  const ownToken = (exchange: Exchange) => {
    const token = cookieOf(exchange.headers.cookie, cookies.name);
    return token !== undefined && tokens.isOurs(token) ? token : undefined;
  };
  /** Tokens of clients that had none, so that the worker and the client are told the same. */
  const created = new WeakMap<Exchange, string>();
  const tokenFor = (exchange: Exchange) => {
    const token = ownToken(exchange) ?? created.get(exchange) ?? tokens.create();
    created.set(exchange, token);
    return token;
  };
  return {
    requestFilter: (request, exchange) => {
      const passed = () => withToken(request, tokenFor(exchange));
      if (ignored.has(exchange.method) || isTrusted(exchange.headers.origin)) return passed();
      const own = ownToken(exchange);
      if (own === undefined) return refusal;
      const sent = sentToken(request);
      if (sent instanceof Promise) return sent.then((token) => (tokens.isSame(own, token) ? passed() : refusal));
      return tokens.isSame(own, sent) ? passed() : refusal;
    },
    answerFilter: (answer, exchange) => {
      if (isShared(answer.headers["cache-control"])) return answer;
      const token = tokenFor(exchange);
      const lines = ownToken(exchange) === undefined ? cookies.lines(token, exchange.isTls) : [];
      const headers = { ...answer.headers, "x-csrf-token": token };
      if (lines.length === 0) return { ...answer, headers };
      const before = answer.headers["set-cookie"] ?? [];
      return { ...answer, headers: { ...headers, "set-cookie": [before, lines].flat() } };
    },
  };
}

/** Where an application reads the token that its forms are to have: XyPriss's `req.csrfToken()` does. */
function withToken(request: WorkerRequest, token: string): WorkerRequest {
  return { ...request, headers: { ...request.headers, "x-csrf-token": token } };
}

const SAFE = ["GET", "HEAD", "OPTIONS"];

function secretOf(settings: Settings, log: Logger): string | Buffer {
  const secret = settings.text("secret", "");
  if (secret !== "") return secret;
  log.warn({ guard: "csrf" }, "csrf: no secret is set: tokens are good until this service ends, and with it alone");
  return randomBytes(32);
}

/** The cookie of the token, and a second one that scripts of the page may read, where `doubleSubmitCookie` is on. */
function cookiesOf(settings: Settings) {
  const name = settings.formed("cookieName", COOKIE_NAME, "_csrf");
  const options = settings.part("cookieOptions");
  const httpOnly = options.flag("httpOnly", true);
  const sameSite = options.text("sameSite", "lax");
  const secure = options.flag("secure", false);
  const maxAge = options.number("maxAge", 0, 0, 400 * 86_400_000) / 1_000;
  const second = settings.part("doubleSubmitCookie");
  const isDouble = second.flag("enabled", false);
  const secondName = second.formed("cookieName", COOKIE_NAME, "XSRF-TOKEN");
  const path = second.formed("path", COOKIE_PATH, "/");
  return {
    name,
    lines: (token: string, isTls: boolean) => {
      const common = { token, sameSite, secure: secure || isTls, maxAge };
      const first = cookieText({ ...common, name, httpOnly, path: "/" });
      return isDouble ? [first, cookieText({ ...common, name: secondName, httpOnly: false, path })] : [first];
    },
  };
}

/** What may stand in a header. Source: RFC 6265, 4.1.1. */
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/;
const COOKIE_PATH = /^\/[!-:<-~]{0,1024}$/;

/** What shared caches keep would hand one client's token to another. */
function isShared(cacheControl: string | readonly string[] | undefined): boolean {
  return cacheControl !== undefined && /\bpublic\b|\bs-maxage\b/i.test(String(cacheControl));
}
