import { deepStrictEqual, ok } from "node:assert";
import { FrameReader, FrameWriter } from "../../../protocol/wire/frame.ts";
import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import { decodeXbpRequest, decodeXbpResponse, sendXbpRequest, sendXbpResponse } from "../../../protocol/wire/xbp.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { outcomeOf, type Target } from "../target.ts";

const payloads: Buffer[] = [];
const reader = new FrameReader();
/** Shared by all inputs, because allocating a writer's 64 KiB costs more than an exchange. */
const writer = new FrameWriter({
  write: (bytes) => {
    reader.push(Buffer.from(bytes), (payload) => payloads.push(Buffer.from(payload)));
    return true;
  },
  cork: () => {},
  uncork: () => {},
});

/** XBP encoding and decoding: valid messages round-trip; damaged ones are BAD_FRAME or decode to the same types. */
export const xbp: Target = {
  name: "xbp",
  share: 0.2,
  try: (random) => (random.chance(0.5) ? tryRequest(random) : tryResponse(random)),
};

function tryRequest(random: Random): void {
  const request: WorkerRequest = {
    method: wellFormed(random),
    url: wellFormed(random),
    headers: pairs(random),
    query: pairs(random),
    params: pairs(random),
    remoteAddr: wellFormed(random),
    localAddr: wellFormed(random),
    body: random.bytes(random.below(40)),
  };
  const payload = payloadOf((writer) => sendXbpRequest(writer, "5", request));
  const { id, body, ...decoded } = decodeXbpRequest(payload);
  const { body: sent, ...others } = request;
  deepStrictEqual(asJson(decoded), asJson(others));
  deepStrictEqual([id, body ?? Buffer.alloc(0)], ["5", sent]);
  const damaged = outcomeOf(["BAD_FRAME"], () => decodeXbpRequest(mutate(random, payload)));
  if (damaged !== "BAD_FRAME") deepStrictEqual(typesOf(Object.values(damaged).slice(0, 3)), "string string string");
}

function tryResponse(random: Random): void {
  const [id, status, headers] = [wellFormed(random), random.below(65_536), pairs(random)];
  const body = random.bytes(random.below(40));
  const payload = payloadOf((writer) => sendXbpResponse(writer, id, status, headers, body));
  deepStrictEqual(asJson(decodeXbpResponse(payload)), asJson({ id, status, headers, body }));
  const damaged = outcomeOf(["BAD_FRAME"], () => decodeXbpResponse(mutate(random, payload)));
  if (damaged !== "BAD_FRAME") deepStrictEqual(typesOf([damaged.id, damaged.status]), "string number");
}

/** The value without prototypes, because decoded pairs have their own class. */
function asJson(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

function typesOf(values: readonly unknown[]): string {
  return values.map((value) => typeof value).join(" ");
}

/** Text without lone surrogates. UTF-8 cannot encode them, so they would not round-trip. */
function wellFormed(random: Random): string {
  return random.text().toWellFormed();
}

/** Pairs with lower-case names, like headers. */
function pairs(random: Random): Record<string, string> & Headers {
  const entries = random.list(5, () => [wellFormed(random).toLowerCase(), wellFormed(random)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

function payloadOf(send: (writer: FrameWriter) => boolean): Buffer {
  ok(send(writer));
  writer.flush();
  const [payload, ...others] = payloads.splice(0);
  ok(payload !== undefined && others.length === 0 && !reader.midFrame);
  return payload;
}
