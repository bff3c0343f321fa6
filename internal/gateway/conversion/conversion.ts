import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import { type Answer, type AnswerFilter, errorAnswer, type RequestFilter } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ConversionOptions } from "../options.ts";
import { jsonToXml } from "./json-to-xml.ts";
import { XmlError } from "./xml-error.ts";
import { xmlText } from "./xml-text.ts";
import { xmlToJson } from "./xml-to-json.ts";

/** Header that tells a worker that the request was XML. It is removed from clients' requests. */
const ORIGIN = "x-xhsc-origin-format";

export interface Conversion {
  readonly requestFilter: RequestFilter;
  readonly answerFilter: AnswerFilter;
}

/**
 * Converts XML requests to JSON for workers and, with `autoReply`, JSON answers to these requests to XML. With
 * `strict`, XML that is not well-formed is answered with 400 and its position; otherwise it is passed to the worker
 * unchanged.
 */
export function createConversion(options: ConversionOptions): Conversion {
  const converted = new WeakSet<Exchange>();
  return {
    requestFilter: (request, exchange) => {
      const own = withoutOrigin(request);
      const { body } = own;
      if (!options.xmlToJson || body === undefined || body.length === 0 || body.length > options.maxSize) return own;
      if (!isXml(own.headers, body, options.sniff)) return own;
      try {
        const result = convertedRequest(own, body, options);
        converted.add(exchange);
        return result;
      } catch (error) {
        if (!(error instanceof XmlError)) throw error;
        return options.strict ? errorAnswer(400, `The XML body was refused: ${error.message}`) : own;
      }
    },
    answerFilter: (answer, exchange) => {
      return options.autoReply && converted.has(exchange) ? convertedAnswer(answer, options) : answer;
    },
  };
}

function withoutOrigin(request: WorkerRequest): WorkerRequest {
  if (request.headers[ORIGIN] === undefined) return request;
  const { [ORIGIN]: _, ...headers } = request.headers;
  return { ...request, headers };
}

function isXml(headers: Headers, [first]: Uint8Array, sniff: boolean): boolean {
  if (headers["content-encoding"] !== undefined) return false;
  const type = headers["content-type"];
  if (type === undefined) return sniff && first === 0x3c;
  return XML_TYPE.test(String(type));
}

const XML_TYPE = /^\s*(?:(?:application|text)\/xml|application\/[\w.-]{1,100}\+xml)\s*(?:;|$)/i;

/** @throws {XmlError} */
function convertedRequest(request: WorkerRequest, body: Uint8Array, shape: ConversionOptions): WorkerRequest {
  const xml = xmlText(body, String(request.headers["content-type"] ?? ""));
  const json = Buffer.from(JSON.stringify(xmlToJson(xml, shape)));
  const headers = {
    ...request.headers,
    "content-type": "application/json",
    "content-length": String(json.length),
    [ORIGIN]: "xml",
  };
  return { ...request, headers, body: json };
}

function convertedAnswer(answer: Answer, options: ConversionOptions): Answer {
  const { headers, body } = answer;
  const isWhole = body instanceof Uint8Array && body.length > 0 && body.length <= options.maxSize;
  if (!isWhole || headers["content-encoding"] !== undefined) return answer;
  if (!/^\s*application\/(?:[\w.-]{1,100}\+)?json\s*(?:;|$)/i.test(String(headers["content-type"]))) return answer;
  const value = parsed(body);
  const xml = value === undefined ? undefined : jsonToXml(value, options, options.maxSize * MAX_GROWTH);
  if (xml === undefined) return answer;
  return {
    ...answer,
    headers: { ...headers, "content-type": "application/xml; charset=utf-8" },
    body: Buffer.from(xml),
  };
}

/** Limits the size of the XML: each item of a list repeats the list's name, so short JSON can become very long XML. */
const MAX_GROWTH = 4;

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}
