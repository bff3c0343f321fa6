import { type HeaderValue, INLINE_BODY } from "../../../protocol/worker.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** Answers with a Response: whole when its body is there and small, as a stream otherwise. */
export async function sendResponse(exchange: WorkerExchange, response: Response | undefined): Promise<void> {
  if (!(response instanceof Response)) throw new TypeError("a handler gave no Response");
  const { status, body } = response;
  if (status === 0) throw new TypeError("a handler gave Response.error()");
  if (body === null) {
    exchange.answer(status, headersOf(response));
    return;
  }
  const reader = body.getReader();
  exchange.onLost((error) => void reader.cancel(error).catch(() => {}));
  const first = await reader.read();
  if (first.done) {
    exchange.answer(status, headersOf(response));
    return;
  }
  const second = reader.read();
  const whole = await Promise.race([second.then(({ done }) => done), noneYet()]);
  if (whole && bytesOf(first.value).byteLength <= INLINE_BODY) {
    exchange.answer(status, headersOf(response), first.value);
  } else await sendStream(exchange, response, reader, [first, second]);
}

type Part = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

async function sendStream(
  exchange: WorkerExchange,
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  [first, second]: [Part, Promise<Part>],
): Promise<void> {
  const output = exchange.begin(response.status, headersOf(response));
  try {
    for (let part = first, next = second; !part.done; part = await next, next = reader.read()) {
      await output.write(bytesOf(part.value));
    }
    exchange.end();
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

function bytesOf(part: unknown): Uint8Array {
  if (part instanceof Uint8Array) return part;
  throw new TypeError("a Response's body gave what are no bytes");
}

/** False when the microtasks under way are done: a body that is there already has ended by then. */
function noneYet(): Promise<false> {
  return new Promise((resolve) => process.nextTick(resolve, false));
}

function headersOf({ headers }: Response): Record<string, HeaderValue> {
  const fields: Record<string, HeaderValue> = {};
  for (const [name, value] of headers) if (name !== "set-cookie") fields[name] = value;
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) fields["set-cookie"] = cookies;
  return fields;
}
