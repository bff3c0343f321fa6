import { type HeaderValue, INLINE_BODY } from "../../../protocol/wire/worker.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** Sends a Response: in one message when its body is small and already complete, as a stream otherwise. */
export async function sendResponse(exchange: WorkerExchange, response: Response | undefined): Promise<void> {
  if (!(response instanceof Response)) throw new TypeError("the handler returned no Response");
  const { status, body } = response;
  if (status === 0) throw new TypeError("the handler returned Response.error()");
  if (body === null) {
    exchange.answer(status, headersOf(response));
    return;
  }
  const reader = body.getReader();
  exchange.onLost((error) => void reader.cancel(error).catch(() => {}));
  const first = reader.read();
  const second = first.then((part) => (part.done ? part : reader.read()));
  let early: { readonly isWhole: boolean } | { readonly error: unknown } | undefined;
  second.then(
    ({ done }) => {
      early = { isWhole: done };
    },
    (error) => {
      early = { error };
    },
  );
  await nextTick(); // a body that is already complete has ended by then
  if (early !== undefined && "error" in early) throw early.error;
  const whole = early?.isWhole ? wholeOf(await first) : undefined;
  if (whole === undefined || whole.byteLength > INLINE_BODY)
    await sendStream(exchange, response, reader, [first, second]);
  else exchange.answer(status, headersOf(response), whole);
}

type Part = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

const NO_BYTES = new Uint8Array();

function wholeOf({ done, value }: Part): Uint8Array {
  return done ? NO_BYTES : bytesOf(value);
}

/** Sends the head at once, and each part when it arrives. */
async function sendStream(
  exchange: WorkerExchange,
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  [first, second]: readonly [Promise<Part>, Promise<Part>],
): Promise<void> {
  const output = exchange.begin(response.status, headersOf(response));
  try {
    let part = await first;
    if (!part.done) {
      await output.write(bytesOf(part.value));
      part = await second;
    }
    while (!part.done) {
      await output.write(bytesOf(part.value));
      part = await reader.read();
    }
    exchange.end();
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

function bytesOf(part: unknown): Uint8Array {
  if (part instanceof Uint8Array) return part;
  throw new TypeError("the Response's body yielded a chunk that is not a Uint8Array");
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Iteration yields each Set-Cookie separately, and the values of any other field joined into one. */
function headersOf({ headers }: Response): Record<string, HeaderValue> {
  const fields: Record<string, HeaderValue> = {};
  const cookies: string[] = [];
  headers.forEach((value, name) => {
    if (name === "set-cookie") cookies.push(value);
    else fields[name] = value;
  });
  if (cookies.length > 0) fields["set-cookie"] = cookies;
  return fields;
}
