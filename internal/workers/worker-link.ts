import type { Readable } from "node:stream";
import { XsysError } from "../../protocol/errors.ts";
import { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import { LAST_CHUNK } from "../../protocol/wire/frame.ts";
import { type Credit, encodeMessage, type Message } from "../../protocol/wire/message.ts";
import { INLINE_BODY, type WorkerRegistration, type WorkerResponsePayload } from "../../protocol/wire/worker.ts";
import { decodeXbpResponse } from "../../protocol/wire/xbp.ts";
import type { Candidate } from "../balance/candidate.ts";
import { Latency } from "../balance/latency.ts";
import type { RoleInbox, RolePeer } from "../ipc/role.ts";
import { type AbandonedRequest, AbandonedRequests } from "./abandoned-requests.ts";
import type { WorkerAnswer } from "./answer.ts";
import { Backlog } from "./backlog.ts";
import type { RequestInFlight } from "./channel.ts";
import { DescribedJob, described } from "./described-job.ts";
import { type Job, needsStreams } from "./job.ts";
import { sendBody } from "./send-body.ts";
import type { SentJob } from "./sent-job.ts";
import { SentJobs } from "./sent-jobs.ts";
import { MAX_SLOTS } from "./slots.ts";
import { streamedBody, streamedConnection } from "./streamed-body.ts";
import { answerHead } from "./worker-answer.ts";
import { writeRequest } from "./write-request.ts";

const NO_BYTES = Buffer.alloc(0);

/** Messages of a worker that are not answered as on any connection. */
const WORKER_MESSAGES: ReadonlySet<string> = new Set([
  "Response",
  "SyncRoutes",
  "Task",
  "TaskResult",
  "Pong",
  "Credit",
  "Cancel",
]);

/** What a link needs of the pool that it belongs to, and reports to it. */
export interface WorkerLinkOwner {
  /** Bytes of a frame. */
  readonly maxFrame: number;
  /** Some worker has given a sign of life when it was asked for one. The links' to write. */
  answersPings: boolean;
  routes(link: WorkerLink, routes: unknown): void;
  task(link: WorkerLink, message: Message): void;
  /** A worker said what is no answer: told in the log. */
  invalidMessage(link: WorkerLink, what: string): void;
  /** The worker is gone. */
  gone(link: WorkerLink): void;
  /** What it had and did not begin to answer, the latest first; told after `gone`. */
  left(link: WorkerLink, jobs: readonly Job[]): void;
  /** Whether it works on a request that is known to end workers, or is on trial for it. */
  hasCulprit(link: WorkerLink): boolean;
}

/** One worker's connection: the requests it was given, and what it says to them. */
export class WorkerLink implements RoleInbox, Candidate {
  readonly takes = WORKER_MESSAGES;
  readonly registration: WorkerRegistration;
  readonly key: string;
  readonly weight = 1;
  readonly #owner: WorkerLinkOwner;
  readonly #peer: RolePeer;
  readonly #backlog: Backlog;
  readonly #sent = new SentJobs();
  readonly #abandonedRequests = new AbandonedRequests();
  readonly #latency = new Latency();
  readonly #pings: (() => void)[] = [];
  #isGone = false;
  /** What it left behind when it was gone, the latest first. */
  #left: ReadonlyMap<Job, DescribedJob> = new Map();
  /** What it may have worked on beside that, though nobody waited for it. */
  #leftAbandoned: ReadonlyMap<AbandonedRequest, DescribedJob> = new Map();
  /** The suspect that it was given alone, while it runs. The trials' to write. */
  onTrial: Job | undefined;

  constructor(owner: WorkerLinkOwner, peer: RolePeer, registration: WorkerRegistration, number: number) {
    this.#owner = owner;
    this.#peer = peer;
    this.#backlog = new Backlog(peer);
    this.registration = registration;
    this.key = `${registration.id}#${number}`;
    peer.onGone(() => this.#lose());
  }

  /** Requests it has not answered whole. */
  get active(): number {
    return this.#sent.count;
  }

  get latency(): number | undefined {
    return this.#latency.value;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** It was never given a job. */
  get isNew(): boolean {
    return !this.#sent.wasUsed;
  }

  /** Some job of it is not even begun to be answered. */
  get awaitsAnswer(): boolean {
    return this.#sent.all().some(({ isAnswered }) => !isAnswered);
  }

  /** What it has not answered whole, the latest first; of a worker that is gone, what it left so. */
  get jobs(): readonly Job[] {
    return this.#isGone ? [...this.#left.keys()] : this.#sent.all().map(({ job }) => job);
  }

  /** What it may still work on though nobody waits for it, the latest first; of a worker that is gone, when it went. */
  get abandonedRequests(): readonly AbandonedRequest[] {
    return this.#isGone ? [...this.#leftAbandoned.keys()] : this.#abandonedRequests.all();
  }

  canTake(job: Job): boolean {
    if (this.#isGone || this.#sent.count >= MAX_SLOTS || this.#backlog.isFull) return false;
    return this.registration.streams === true || !needsStreams(job);
  }

  /** Gives it a job; the id is for `abandon`. */
  send(job: Job): number {
    const { id, sent } = this.#sent.add(job);
    const { xbp = false, streams = false } = this.registration;
    const whole = job.request.body;
    const later = job.input ?? (streams && whole !== undefined && whole.length > INLINE_BODY ? whole : undefined);
    const fits = writeRequest(this.#peer.writer, id, job, {
      xbp,
      follows: later !== undefined,
      most: this.#owner.maxFrame,
    });
    if (!fits) {
      this.#sent.end(id);
      sent.fail("too-large");
    } else if (later !== undefined || job.upgrade) {
      sent.writer = new ByteWriter((bytes) => this.#peer.writer.chunk(id, bytes));
      if (later !== undefined) void this.#sendBody(id, sent, sent.writer, later);
    }
    return id;
  }

  /** Nobody waits for a job any more: it was answered otherwise, or its client has gone. */
  abandon(id: number): void {
    const sent = this.#sent.get(id);
    if (sent !== undefined) this.#abandonSent(id, sent);
  }

  /** To be called from time to time: resumes bodies that wait until it has read others. */
  resumeBodies(): void {
    this.#backlog.resume();
  }

  /** Fails what was sent before a moment and is not answered. */
  expire(before: number): void {
    for (const [id, sent] of this.#sent.unansweredSince(before)) {
      this.#cancel(id);
      this.#sent.end(id);
      this.#abandonedRequests.add(id, sent);
      sent.fail("timeout");
    }
  }

  sendMessage(type: string, payload: unknown): void {
    if (!this.#isGone) this.#peer.writer.json(encodeMessage(type, payload));
  }

  ping(): Promise<void> {
    this.sendMessage("Ping", {});
    return new Promise((resolve) => this.#pings.push(resolve));
  }

  /** Resolves when all is answered, or the worker is gone. */
  idle(): Promise<void> {
    return this.#sent.empty();
  }

  /** Ends the connection; what it has not answered goes elsewhere at once, for it may be in no state to hear of it. */
  close(): void {
    this.#lose();
    this.#peer.close();
  }

  onGone(listener: (fault?: string) => void): void {
    this.#peer.onGone(listener);
  }

  /** How many requests it has not answered; of a worker that is gone, how many it left so. */
  get inFlight(): number {
    return this.#isGone ? this.#left.size : this.active;
  }

  /** The same by what they are: those that were convicted first, then the oldest, at most `limit`. */
  requestsInFlight(limit: number): readonly RequestInFlight[] {
    if (!this.#isGone)
      return described(
        this.#sent.all().map((sent) => new DescribedJob(sent)),
        limit,
      );
    const suspects = [...this.#leftAbandoned.values()].filter(({ verdict }) => verdict !== undefined);
    return described([...this.#left.values(), ...suspects], limit);
  }

  /** What a job that it left was found to be. */
  mark(job: Job, verdict: DescribedJob["verdict"]): void {
    const left = this.#left.get(job);
    if (left !== undefined) left.verdict = verdict;
  }

  /** All that it left may have ended it, what nobody waited for as well. */
  markAllSuspect(): void {
    for (const each of [...this.#left.values(), ...this.#leftAbandoned.values()]) each.verdict = "suspect";
  }

  get endedByRequest(): boolean {
    return this.#owner.hasCulprit(this);
  }

  message(message: Message): void {
    const { type, payload, id } = message;
    if (type === "Response") this.#jsonResponse(payload as Partial<WorkerResponsePayload> | null);
    else if (type === "SyncRoutes") this.#owner.routes(this, payload);
    else if (type === "Pong") this.#pong();
    else if (type === "Task" || type === "TaskResult") this.#owner.task(this, message);
    else if (id !== undefined) this.#streamMessage(id, message);
  }

  xbpResponse(payload: Buffer): void {
    const { id, status, headers, body } = decodeXbpResponse(payload);
    this.#answer(Number(id), status, headers, body);
  }

  chunk(id: number, bytes: Buffer, last: boolean): void {
    const sent = this.#sent.get(id);
    if (sent?.reader === undefined) return; // given up meanwhile
    sent.reader.push(bytes);
    if (!last) return;
    sent.reader.end();
    if (!sent.isConnection) this.#sent.end(id);
  }

  #pong(): void {
    this.#owner.answersPings = true;
    for (const resolve of this.#pings.splice(0)) resolve();
  }

  #jsonResponse(payload: Partial<WorkerResponsePayload> | null): void {
    const { id, status, headers, body, output } = payload ?? {};
    if (typeof id !== "string" && typeof id !== "number") {
      this.#owner.invalidMessage(this, "a Response without an id");
      return;
    }
    const bytes = typeof body === "string" && body !== "" ? Buffer.from(body, "base64") : NO_BYTES;
    this.#answer(Number(id), status, headers, output === true ? "follows" : bytes);
  }

  #answer(id: number, status: unknown, fields: unknown, body: Uint8Array | "follows"): void {
    const sent = this.#sent.get(id);
    if (sent === undefined || sent.isAnswered) {
      this.#abandonedRequests.delete(id);
      return; // too late: somebody else has answered, or nobody waits
    }
    const { method } = sent.job.request;
    const head = answerHead(status, fields, method);
    if (head === undefined) {
      this.#owner.invalidMessage(this, `an answer with the status ${JSON.stringify(status)?.slice(0, 40)}`);
      this.#sent.end(id);
      sent.fail("garbage");
      return;
    }
    this.#latency.record(performance.now() - sent.sentAt);
    sent.isAnswered = true;
    if (body === "follows") {
      sent.isConnection = sent.job.upgrade && head.status === 101;
      sent.job.answered({ ...head, body: this.#bodyOf(id, sent) });
      return;
    }
    this.#sent.end(id);
    sent.writer?.close(new Error("the request was answered before its body was read"));
    const omitsBody = method === "HEAD" && body.length === 0;
    sent.job.answered({ ...head, body: omitsBody ? undefined : body } satisfies WorkerAnswer);
  }

  #bodyOf(id: number, sent: SentJob): Readable {
    const reader = new ByteReader((bytes) => this.#peer.writer.json(encodeMessage("Credit", { bytes }, id)));
    sent.reader = reader;
    const abandoned = () => this.#abandonSent(id, sent);
    if (sent.writer === undefined || !sent.isConnection) return streamedBody(reader, { abandoned });
    const connection = streamedConnection(reader, sent.writer, {
      abandoned,
      sent: () => this.#peer.writer.chunk(id, new Uint8Array(), LAST_CHUNK),
    });
    connection.on("close", () => this.#sent.end(id));
    return connection;
  }

  async #sendBody(id: number, sent: SentJob, writer: ByteWriter, body: Readable | Uint8Array): Promise<void> {
    try {
      await sendBody(body, writer, this.#backlog);
      if (this.#sent.get(id) === sent) this.#peer.writer.chunk(id, new Uint8Array(), LAST_CHUNK);
    } catch {
      this.#abandonSent(id, sent); // its client broke off, or nobody takes it any more: who waits knows of either
    }
  }

  #streamMessage(id: number, { type, payload }: Message): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    if (type === "Credit") {
      const bytes = (payload as Partial<Credit> | null)?.bytes;
      if (!Number.isSafeInteger(bytes) || (bytes as number) < 0) {
        throw new XsysError("BAD_FRAME", "a Credit without a number of bytes");
      }
      sent.writer?.grant(bytes as number);
    } else if (type === "Cancel") {
      this.#sent.end(id);
      sent.fail("lost");
    }
  }

  #abandonSent(id: number, sent: SentJob): void {
    if (this.#sent.get(id) !== sent) return;
    this.#cancel(id);
    this.#sent.end(id);
    if (!sent.isAnswered) this.#abandonedRequests.add(id, sent);
    sent.abandon();
  }

  /** XyPriss's own workers do not know the word; what they answer all the same is dropped by its id. */
  #cancel(id: number): void {
    if (this.registration.streams === true && !this.#isGone) {
      this.#peer.writer.json(encodeMessage("Cancel", {}, id));
    }
  }

  #lose(): void {
    if (this.#isGone) return;
    const left = this.#sent.takeAll();
    this.#left = new Map(left.map((sent) => [sent.job, new DescribedJob(sent)]));
    this.#leftAbandoned = new Map(this.#abandonedRequests.all().map((each) => [each, new DescribedJob(each)]));
    this.#isGone = true;
    this.#owner.gone(this);
    this.#backlog.close();
    for (const sent of left) sent.cut("lost");
    if (left.length > 0 || this.#leftAbandoned.size > 0)
      this.#owner.left(
        this,
        left.flatMap(({ job, isAnswered }) => (isAnswered ? [] : job)),
      );
  }
}
