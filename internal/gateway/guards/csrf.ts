import { randomBytes } from "node:crypto";
import type { WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { Logger } from "../../base/log.ts";
import { type AnswerFilter, errorAnswer, type RequestFilter } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { cookieOf, cookieText } from "./cookies.ts";
import { CsrfTokens } from "./csrf-tokens.ts";
import { sentToken } from "./sent-token.ts";
import type { Settings } from "./settings.ts";
import { originRuleOf } from "./trusted-origins.ts";

/**
 * Refuses requests with an unsafe method that do not repeat the token of the CSRF cookie in a header, the query or the
 * body, which pages of other sites cannot do. Tokens are signed, so that an attacker who can set a cookie cannot forge
 * one.
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
  const known = new WeakMap<Exchange, ClientToken>();
  /** Stored per exchange, so that the worker and the client get the same token. */
  const tokenOf = (exchange: Exchange) => {
    const found = known.get(exchange) ?? clientToken(tokens, cookieOf(exchange.headers.cookie, cookies.name));
    known.set(exchange, found);
    return found;
  };
  return {
    requestFilter: (request, exchange) => {
      const { token, isNew } = tokenOf(exchange);
      const passed = withToken(request, token);
      if (ignored.has(exchange.method) || isTrusted(exchange.headers.origin)) return passed;
      if (isNew) return refusal;
      const sent = sentToken(request);
      if (sent instanceof Promise) return sent.then((found) => (tokens.isSame(token, found) ? passed : refusal));
      return tokens.isSame(token, sent) ? passed : refusal;
    },
    answerFilter: (answer, exchange) => {
      if (isShared(answer.headers["cache-control"])) return answer;
      const { token, isNew } = tokenOf(exchange);
      const headers = { ...answer.headers, "x-csrf-token": token };
      if (!isNew) return { ...answer, headers };
      const before = answer.headers["set-cookie"] ?? [];
      const lines = cookies.lines(token, exchange.isTls);
      return { ...answer, headers: { ...headers, "set-cookie": [before, lines].flat() } };
    },
  };
}

interface ClientToken {
  readonly token: string;
  /** The client has no valid token yet, and gets this one. */
  readonly isNew: boolean;
}

function clientToken(tokens: CsrfTokens, cookie: string | undefined): ClientToken {
  const isOurs = cookie !== undefined && tokens.isOurs(cookie);
  return isOurs ? { token: cookie, isNew: false } : { token: tokens.create(), isNew: true };
}

/** Adds the header from which XyPriss's `req.csrfToken()` reads the token for forms. */
function withToken(request: WorkerRequest, token: string): WorkerRequest {
  return { ...request, headers: { ...request.headers, "x-csrf-token": token } };
}

const SAFE = ["GET", "HEAD", "OPTIONS"];

function secretOf(settings: Settings, log: Logger): string | Buffer {
  const secret = settings.text("secret", "");
  if (secret !== "") return secret;
  log.warn({ guard: "csrf" }, "csrf: no secret is set: tokens are valid only for this process, until it ends");
  return randomBytes(32);
}

/** The cookie of the token, and with `doubleSubmitCookie` a second one that scripts of the page can read. */
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

/** Valid characters of a cookie's name and path. Source: RFC 6265, 4.1.1. */
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/;
const COOKIE_PATH = /^\/[!-:<-~]{0,1024}$/;

/** Answers that shared caches may store get no token, as they would pass one client's token to another. */
function isShared(cacheControl: string | readonly string[] | undefined): boolean {
  return cacheControl !== undefined && /\bpublic\b|\bs-maxage\b/i.test(String(cacheControl));
}
