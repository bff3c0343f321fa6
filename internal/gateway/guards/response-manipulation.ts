import { Readable } from "node:stream";
import type { Logger } from "../../log.ts";
import type { Answer, AnswerFilter } from "../answer.ts";
import { type MaskRule, maskRulesOf } from "./mask-rules.ts";
import { masked } from "./masked.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Settings } from "./settings.ts";

/** Bytes of a body that is taken apart: 2 MiB of JSON take 20 ms, and with patterns 150. */
const LONGEST_BODY = 2_097_152;

/** Masks what the rules name in answers of JSON. What is not held whole, or too long, passes as it is, and is told. */
export function createResponseManipulation(settings: Settings, log: Logger): AnswerFilter {
  const rules = maskRulesOf(settings);
  const maxDepth = settings.number("maxDepth", 10, 1, 100);
  let isTold = false;
  return (answer, exchange) => {
    const body = answer.body;
    if (body === undefined || rules.length === 0 || !mediaTypeOf(answer.headers).endsWith("json")) return answer;
    const reason = obstacle(answer);
    if (reason === undefined) return { ...answer, body: maskedBody(body as Uint8Array, rules, maxDepth) };
    if (!isTold) log.warn({ route: exchange.route }, `response-manipulation: an answer ${reason} passed unmasked`);
    isTold = true;
    return answer;
  };
}

function obstacle({ body, headers }: Answer): string | undefined {
  if (body instanceof Readable) return "that is streamed";
  if (headers["content-encoding"] !== undefined) return "that is compressed already";
  return body !== undefined && body.length > LONGEST_BODY ? "of more than 2 MiB" : undefined;
}

function maskedBody(body: Uint8Array, rules: readonly MaskRule[], maxDepth: number): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const result = masked(text, rules, maxDepth);
  return result === text ? body : Buffer.from(result);
}
