import type { GatesBatch, Passed, PassedBatch } from "../../../protocol/wire/gateway.ts";
import type { Answer, Gate, GatedRequest } from "../../gateway/exchange/answer.ts";
import type { GatewayPeer } from "./gateway-peer.ts";
import { textOf } from "./text-of.ts";

/** A request of a gateway process at the gates. */
class Passage implements GatedRequest {
  readonly client: string;
  readonly path: string;
  headers: Record<string, string> | undefined;
  #onEnd: (() => void)[] = [];
  #isOver = false;

  constructor(client: string, path = "") {
    this.client = client;
    this.path = path;
  }

  get isKept(): boolean {
    return this.#onEnd.length > 0;
  }

  addHeader(name: string, value: string | readonly string[]): void {
    this.headers ??= {};
    this.headers[name] = String(value);
  }

  onEnd(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#onEnd.push(listener);
  }

  end(): void {
    this.#isOver = true;
    for (const listener of this.#onEnd.splice(0)) listener();
  }
}

/** What a service has of one gateway. */
interface Open {
  readonly passages: Map<number, Passage>;
  /** Answers that are not sent yet. */
  passed: number[];
  others: [id: number, passed: Passed][];
  isScheduled: boolean;
}

/**
 * Runs the gates that hold for all gateways together: rate limit, concurrency, network quality and slowdown. A gateway
 * asks for each request and tells its end. If the gateway ends, all its requests have ended.
 */
export class Passages {
  readonly #gates: readonly Gate[];
  readonly #open = new Map<GatewayPeer, Open>();

  constructor(gates: readonly Gate[]) {
    this.#gates = gates;
  }

  take(gateway: GatewayPeer, { enter, leave }: GatesBatch): void {
    const open = this.#openOf(gateway);
    // First the ends of earlier requests, which free places; then those of requests that begin and end in this batch.
    const late = leave.filter((id) => !end(open, id));
    for (const [id, client, path] of enter) {
      const passage = new Passage(client, path);
      open.passages.set(id, passage);
      this.#through(gateway, id, passage, 0);
    }
    for (const id of late) end(open, id);
    this.#send(gateway); // without a turn of the event loop in between
  }

  gone(gateway: GatewayPeer): void {
    const open = this.#open.get(gateway);
    this.#open.delete(gateway);
    for (const passage of open?.passages.values() ?? []) passage.end();
  }

  #openOf(gateway: GatewayPeer): Open {
    const open = this.#open.get(gateway) ?? { passages: new Map(), passed: [], others: [], isScheduled: false };
    this.#open.set(gateway, open);
    return open;
  }

  #through(gateway: GatewayPeer, id: number, passage: Passage, from: number): void {
    for (let at = from; at < this.#gates.length; at++) {
      const refused = this.#gates[at]?.(passage);
      if (refused === undefined) continue;
      if (refused instanceof Promise) {
        void refused.then((answer) => {
          if (answer !== undefined) this.#answer(gateway, id, passage, answer);
          else this.#through(gateway, id, passage, at + 1);
        });
      } else this.#answer(gateway, id, passage, refused);
      return;
    }
    this.#answer(gateway, id, passage, undefined);
  }

  #answer(gateway: GatewayPeer, id: number, passage: Passage, refused: Answer | undefined): void {
    const open = this.#open.get(gateway);
    if (open === undefined) return; // the gateway has ended
    const { headers } = passage;
    if (refused === undefined && headers === undefined) open.passed.push(id);
    else {
      open.others.push([
        id,
        { ...(refused !== undefined && { refused: textAnswer(refused) }), ...(headers !== undefined && { headers }) },
      ]);
    }
    if (!passage.isKept) open.passages.delete(id);
    if (open.isScheduled) return;
    open.isScheduled = true;
    setImmediate(() => this.#send(gateway));
  }

  #send(gateway: GatewayPeer): void {
    const open = this.#open.get(gateway);
    if (open === undefined) return;
    open.isScheduled = false;
    if (open.passed.length === 0 && open.others.length === 0) return;
    gateway.send("Passed", { passed: open.passed, others: open.others } satisfies PassedBatch);
    open.passed = [];
    open.others = [];
    gateway.flush();
  }
}

/** Ends a request. Returns false if it has not begun, or has left no trace. */
function end({ passages }: Open, id: number): boolean {
  const passage = passages.get(id);
  passages.delete(id);
  passage?.end();
  return passage !== undefined;
}

/** The answers of gates are short texts. */
function textAnswer({ status, headers, body }: Answer): NonNullable<Passed["refused"]> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status, headers: Object.fromEntries(texts), body: textOf(body) };
}
