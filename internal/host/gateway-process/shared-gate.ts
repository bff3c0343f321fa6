import type { Entered, GatesBatch, Passed, PassedBatch, SharedGatesOptions } from "../../../protocol/wire/gateway.ts";
import type { Answer, GatedRequest } from "../../gateway/exchange/answer.ts";
import type { ServiceLink } from "../../ipc/service-link.ts";

/**
 * Asks the service whether requests pass the gates that hold for all gateways together. The questions of one turn of the
 * event loop are one message, and so are the answers.
 */
export class SharedGate {
  readonly #link: ServiceLink;
  readonly #options: SharedGatesOptions;
  readonly #asked = new Map<number, (passed: Passed | undefined) => void>();
  #entered: Entered[] = [];
  #left: number[] = [];
  #isScheduled = false;
  #lastId = 0;

  constructor(link: ServiceLink, options: SharedGatesOptions) {
    this.#link = link;
    this.#options = options;
  }

  readonly gate = (request: GatedRequest): Promise<Answer | undefined> => {
    const id = ++this.#lastId; // never used again: a WebSocket may hold its place for months
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    this.#asked.set(id, (passed) => resolve(passed && answerOf(request, passed)));
    const { takesPath, takesEnd } = this.#options;
    this.#entered.push(takesPath ? [id, request.client, request.path] : [id, request.client]);
    if (takesEnd) {
      request.onEnd(() => {
        this.#left.push(id);
        this.#schedule();
      });
    }
    this.#schedule();
    return promise;
  };

  /** The service's answers. */
  take({ passed, others }: PassedBatch): void {
    for (const id of passed) this.#answered(id, undefined);
    for (const [id, answer] of others) this.#answered(id, answer);
  }

  #answered(id: number, passed: Passed | undefined): void {
    this.#asked.get(id)?.(passed);
    this.#asked.delete(id);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#send());
  }

  #send(): void {
    this.#isScheduled = false;
    this.#link.send("PassGates", { enter: this.#entered, leave: this.#left } satisfies GatesBatch);
    this.#entered = [];
    this.#left = [];
    this.#link.flush();
  }
}

function answerOf(request: GatedRequest, { refused, headers = {} }: Passed): Answer | undefined {
  for (const [name, value] of Object.entries(headers)) request.addHeader(name, value);
  return refused && { ...refused, body: Buffer.from(refused.body) };
}
