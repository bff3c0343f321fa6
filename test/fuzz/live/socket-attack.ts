import { contracts } from "../../../protocol/commands/index.ts";
import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { HEADER_BYTES } from "../../../protocol/wire/frame.ts";
import { frame } from "../codecs/frames.ts";
import { MESSAGE_TYPES } from "../codecs/messages.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { attack } from "./attacker.ts";

/**
 * Commands that are not called: they affect other processes, stop the service, or open files that stay open after the
 * connection ends, as for clients that have not sent Hello.
 */
const SPARED = new Set(["sys.kill", "terminal.open", "service.stop", "fs.open"]);
const COMMANDS = contracts.filter(({ name }) => !SPARED.has(name));
const PATHS = [".", "a.txt", "sub", "sub/b", "new", "gone/x", "..", "../outside", "sub/../..", "link", "\0", ""];
const PATTERNS = ["a", "(a+)+$", "[", "*.txt", "\\w+"];

/** Sends `count` messages on one connection: those of clients, of workers, and invalid ones. */
export async function attackSocket(random: Random, socket: string, count: number): Promise<void> {
  const isWorker = random.chance(0.3);
  const said = Array.from({ length: count }, () => (isWorker ? workerWord(random) : clientWord(random)));
  const first = isWorker ? [json({ type: "RegisterWorker", payload: registration(random) })] : [];
  const whole = Buffer.concat([...first, ...said]);
  await attack(random, { path: socket }, random.split(random.chance(0.1) ? mutate(random, whole) : whole, 4));
}

function clientWord(random: Random): Buffer {
  if (random.chance(0.6)) return json(call(random));
  if (random.chance(0.3)) return frame(random, 2 ** 31);
  return json({ type: random.pick(MESSAGE_TYPES), payload: random.value(), id: random.below(10) });
}

function call(random: Random): object {
  const { module, action, params } = random.pick(COMMANDS);
  const payload = {
    module,
    action,
    params: random.chance(0.9) ? paramsFor(random, params) : random.value(),
    input: random.chance(0.2),
    progress: random.chance(0.2),
  };
  return { type: "CoreCommand", payload, ...(random.chance(0.8) && { id: random.below(20) }) };
}

function paramsFor(random: Random, { properties = {}, required = [] }: JsonSchema): object {
  const given = Object.entries(properties).filter(([name]) => random.chance(required.includes(name) ? 0.97 : 0.3));
  return Object.fromEntries(given.map(([name, schema]) => [name, valueFor(random, schema)]));
}

/** Mostly valid for the schema. Numbers are small, so that no command fills the disk or takes long. */
function valueFor(random: Random, schema: JsonSchema): unknown {
  const { type, items, enum: choices, "x-path": path } = schema;
  if (random.chance(0.05)) return random.text();
  if (choices !== undefined) return random.pick(choices);
  if (path !== undefined) return random.pick(PATHS);
  if (type === "string") return random.chance(0.5) ? random.pick(PATTERNS) : random.text();
  if (type === "boolean") return random.chance(0.5);
  if (type === "integer" || type === "number") return random.pick([0, 1, 2, 7, 100, 1_000, -1, 0.5]);
  if (type === "array") return random.list(3, () => valueFor(random, items as JsonSchema));
  return random.value(1);
}

function workerWord(random: Random): Buffer {
  const id = random.below(6);
  switch (random.below(7)) {
    case 0:
      return json({ type: "SyncRoutes", payload: random.list(3, () => route(random)) });
    case 1:
      return json({ type: "Response", payload: answer(random, id) });
    case 2:
      return framed(mutate(random, Buffer.from(`\x02\0\x01${id}\0\xc8\0\0\0\0\0\x02ok`, "latin1")));
    case 3:
      return framed(Buffer.from([0x03, random.below(2), 0, 0, 0, id, ...random.bytes(random.below(50))]));
    case 4:
      return json({ type: random.pick(["Credit", "Cancel"]), payload: { bytes: random.value(0) }, id });
    case 5:
      return json({ type: random.pick(["Task", "TaskResult", "Pong"]), payload: { id, type: random.value(1) } });
    default:
      return json({ type: random.pick(MESSAGE_TYPES), payload: random.value(), id });
  }
}

function registration(random: Random): unknown {
  if (random.chance(0.1)) return random.value();
  return { id: `w${random.below(3)}`, xbp: random.chance(0.5), streams: random.chance(0.5), tasks: random.chance(0.5) };
}

function route(random: Random): unknown {
  return random.chance(0.2) ? random.value() : { method: "GET", path: `/${random.text()}`, target: "worker" };
}

function answer(random: Random, id: number): object {
  return {
    id: String(id),
    status: random.chance(0.7) ? random.pick([200, 204, 304, 404, 101, 100]) : random.value(0),
    headers: random.chance(0.8) ? { [random.text()]: random.value(1), "content-length": "7" } : random.value(),
    body: random.chance(0.7) ? "b2s=" : random.value(0),
    output: random.chance(0.2),
  };
}

function json(message: unknown): Buffer {
  return framed(Buffer.from(JSON.stringify(message)));
}

function framed(payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}
