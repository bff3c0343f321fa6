import { deepStrictEqual } from "node:assert";
import { encodeMessage, encodeResult, MAX_ID, parseMessage } from "../../../protocol/wire/message.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { outcomeOf, type Target } from "../target.ts";

export const MESSAGE_TYPES = [
  "CoreCommand",
  "Response",
  "Event",
  "Hello",
  "Cancel",
  "Credit",
  "Ping",
  "Pong",
  "RegisterWorker",
  "SyncRoutes",
  "Request",
  "ForceGC",
  "Task",
  "TaskResult",
] as const;

/** Valid and invalid JSON of all message types: each has the same result as with JSON.parse, or is rejected. */
export const messages: Target = {
  name: "messages",
  share: 0.28,
  try: (random) => {
    const whole = Buffer.from(random.chance(0.3) ? resultText(random) : messageText(random));
    const payload = random.chance(0.3) ? mutate(random, whole) : whole;
    deepStrictEqual(
      outcomeOf(["BAD_FRAME"], () => parseMessage(payload)),
      parseNaively(payload),
    );
  },
};

function messageText(random: Random): string {
  const type = random.chance(0.9) ? random.pick(MESSAGE_TYPES) : random.text();
  if (random.chance(0.5)) return encodeMessage(random.pick(MESSAGE_TYPES), random.value(), random.below(10));
  const message: Record<string, unknown> = { type: random.chance(0.95) ? type : random.value(1) };
  if (random.chance(0.8)) message.payload = random.value();
  if (random.chance(0.8)) message.id = random.chance(0.7) ? random.below(10) : random.value(0);
  return JSON.stringify(message);
}

/** A result, for which the reader has a fast path, with data that looks like the end of the message. */
function resultText(random: Random): string {
  const data = random.chance(0.3) ? `},"id":${random.below(3)}}` : random.value();
  return encodeResult(data, random.chance(0.8) ? random.pick([0, 7, MAX_ID, MAX_ID + 1]) : undefined);
}

function parseNaively(payload: Buffer): unknown {
  if (payload[0] !== 0x7b) return "BAD_FRAME";
  try {
    const message = JSON.parse(payload.toString());
    const { type, id } = message;
    const isFine = typeof type === "string" && (id === undefined || (Number.isInteger(id) && id >= 0 && id <= MAX_ID));
    return isFine ? message : "BAD_FRAME";
  } catch {
    return "BAD_FRAME";
  }
}
