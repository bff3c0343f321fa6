import type { Passed, PassGates } from "../../../protocol/wire/gateway.ts";
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

  constructor({ client, path = "" }: PassGates) {
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

/**
 * Runs the gates that hold for all gateways together: rate limit, concurrency, network quality and slowdown. A gateway
 * asks for each request and tells its end. If the gateway ends, all its requests have ended.
 */
export class Passages {
  readonly #gates: readonly Gate[];
  readonly #open = new Map<GatewayPeer, Map<number, Passage>>();

  constructor(gates: readonly Gate[]) {
    this.#gates = gates;
  }

  enter(gateway: GatewayPeer, id: number, question: PassGates): void {
    const passage = new Passage(question);
    this.#openOf(gateway).set(id, passage);
    this.#through(gateway, id, passage, 0);
  }

  leave(gateway: GatewayPeer, id: number): void {
    const open = this.#open.get(gateway);
    open?.get(id)?.end();
    open?.delete(id);
  }

  gone(gateway: GatewayPeer): void {
    const open = this.#open.get(gateway);
    this.#open.delete(gateway);
    for (const passage of open?.values() ?? []) passage.end();
  }

  #openOf(gateway: GatewayPeer): Map<number, Passage> {
    const open = this.#open.get(gateway) ?? new Map<number, Passage>();
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
    const { headers } = passage;
    const isPlain = refused === undefined && headers === undefined;
    const passed: Passed = {
      ...(refused !== undefined && { refused: textAnswer(refused) }),
      ...(headers !== undefined && { headers }),
    };
    gateway.send("Passed", isPlain ? null : passed, id);
    if (!passage.isKept) this.#open.get(gateway)?.delete(id);
  }
}

/** The answers of gates are short texts. */
function textAnswer({ status, headers, body }: Answer): NonNullable<Passed["refused"]> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status, headers: Object.fromEntries(texts), body: textOf(body) };
}
