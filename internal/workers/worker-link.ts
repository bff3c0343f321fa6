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
import { answerHead } from "./answer-head.ts";
import { Backlog } from "./backlog.ts";
import type { RequestInFlight } from "./channel.ts";
import { DescribedJob, described } from "./described-job.ts";
import { type Job, needsStreams } from "./job.ts";
import { sendBody } from "./send-body.ts";
import type { SentJob } from "./sent-job.ts";
import { SentJobs } from "./sent-jobs.ts";
import { MAX_SLOTS } from "./slots.ts";
import { streamedBody, streamedConnection } from "./streamed-body.ts";
import type { SuspectLink } from "./suspect-link.ts";
import { writeRequest } from "./write-request.ts";

const NO_BYTES = Buffer.alloc(0);

/** Message types that only workers send. */
const WORKER_MESSAGES: ReadonlySet<string> = new Set([
  "Response",
  "SyncRoutes",
  "Task",
  "TaskResult",
  "Pong",
  "Credit",
  "Cancel",
  "Leave",
]);

/** Dependencies and callbacks that a worker link gets from its pool. */
export interface WorkerLinkOwner {
  /** Maximum frame size in bytes. */
  readonly maxFrame: number;
  /** Whether any worker has ever answered a ping. Written by the links. */
  answersPings: boolean;
  routes(link: WorkerLink, routes: unknown): void;
  task(link: WorkerLink, message: Message): void;
  /** The worker gets no more requests from now on. */
  leaves(link: WorkerLink): void;
  /** Logs an invalid message. */
  invalidMessage(link: WorkerLink, what: string): void;
  /** The worker has disconnected. */
  gone(link: WorkerLink): void;
  /** Its jobs without a response head, latest first. Called after `gone`. */
  left(link: WorkerLink, jobs: readonly Job[]): void;
}

/** The connection to one worker: sends requests and receives responses. */
export class WorkerLink implements RoleInbox, Candidate, SuspectLink {
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
  #isLeaving = false;
  /** The jobs that were unanswered when it disconnected, latest first. */
  #left: ReadonlyMap<Job, DescribedJob> = new Map();
  /** The abandoned requests that it may have been processing then. */
  #leftAbandoned: ReadonlyMap<AbandonedRequest, DescribedJob> = new Map();
  /** Written by the pool. */
  isNew = true;
  onTrial: Job | undefined;
  /** Requests of other gateways on this worker, for strategies that count them. */
  elsewhere = 0;

  constructor(owner: WorkerLinkOwner, peer: RolePeer, registration: WorkerRegistration, number: number) {
    this.#owner = owner;
    this.#peer = peer;
    this.#backlog = new Backlog(peer);
    this.registration = registration;
    this.key = `${registration.id}#${number}`;
    peer.onGone(() => this.#lose());
  }

  get active(): number {
    return this.#sent.count + this.elsewhere;
  }

  get latency(): number | undefined {
    return this.#latency.value;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether it has asked for no more requests. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  get awaitsAnswer(): boolean {
    return this.#sent.all().some(({ isAnswered }) => !isAnswered);
  }

  get jobs(): readonly Job[] {
    return this.#isGone ? [...this.#left.keys()] : this.#sent.all().map(({ job }) => job);
  }

  get abandonedRequests(): readonly AbandonedRequest[] {
    return this.#isGone ? [...this.#leftAbandoned.keys()] : this.#abandonedRequests.all();
  }

  /** The jobs that were unanswered when it disconnected, and the abandoned requests, latest first. */
  get leftBehind(): {
    readonly jobs: ReadonlyMap<Job, DescribedJob>;
    readonly abandoned: ReadonlyMap<AbandonedRequest, DescribedJob>;
  } {
    return { jobs: this.#left, abandoned: this.#leftAbandoned };
  }

  canTake(job: Job): boolean {
    if (this.#isGone || this.#sent.count >= MAX_SLOTS || this.#backlog.isFull) return false;
    return this.registration.streams === true || !needsStreams(job);
  }

  /** Sends a job; returns the id for `abandon`. */
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

  /** A job is no longer needed: it was answered in another way, or its client has disconnected. */
  abandon(id: number): void {
    const sent = this.#sent.get(id);
    if (sent !== undefined) this.#abandonSent(id, sent);
  }

  /** Resumes bodies that were paused by back pressure. Must be called periodically. */
  resumeBodies(): void {
    this.#backlog.resume();
  }

  /** Fails the jobs that were sent at or before `before` and have no response head. */
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

  idle(): Promise<void> {
    return this.#sent.empty();
  }

  /** Closes the connection. Its jobs are handed back first, without waiting for a worker that may not react. */
  close(): void {
    this.#lose();
    this.#peer.close();
  }

  onGone(listener: (fault?: string) => void): void {
    this.#peer.onGone(listener);
  }

  /** Number of unanswered requests; after a disconnect, the number at that time. */
  get inFlight(): number {
    return this.#isGone ? this.#left.size : this.#sent.count;
  }

  /** Descriptions of these requests, at most `limit`: convicted ones first, then the oldest. */
  requestsInFlight(limit: number): readonly RequestInFlight[] {
    if (!this.#isGone)
      return described(
        this.#sent.all().map((sent) => new DescribedJob(sent)),
        limit,
      );
    const suspects = [...this.#leftAbandoned.values()].filter(({ verdict }) => verdict !== undefined);
    return described([...this.#left.values(), ...suspects], limit);
  }

  mark(job: Job, verdict: DescribedJob["verdict"]): void {
    const left = this.#left.get(job);
    if (left !== undefined) left.verdict = verdict;
  }

  markAllSuspect(): void {
    for (const each of [...this.#left.values(), ...this.#leftAbandoned.values()]) each.verdict = "suspect";
  }

  message(message: Message): void {
    const { type, payload, id } = message;
    if (type === "Response") this.#jsonResponse(payload as Partial<WorkerResponsePayload> | null);
    else if (type === "SyncRoutes") this.#owner.routes(this, payload);
    else if (type === "Pong") this.#pong();
    else if (type === "Task" || type === "TaskResult") this.#owner.task(this, message);
    else if (type === "Leave") this.#leave();
    else if (id !== undefined) this.#streamMessage(id, message);
  }

  xbpResponse(payload: Buffer): void {
    const { id, status, headers, body } = decodeXbpResponse(payload);
    this.#answer(Number(id), status, headers, body);
  }

  chunk(id: number, bytes: Buffer, last: boolean): void {
    const sent = this.#sent.get(id);
    if (sent?.reader === undefined) return; // abandoned
    sent.reader.push(bytes);
    if (!last) return;
    sent.reader.end();
    if (!sent.isConnection) this.#sent.end(id);
  }

  #leave(): void {
    this.#isLeaving = true;
    this.#owner.leaves(this);
    this.sendMessage("Left", {});
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
      return; // too late: the request is answered or abandoned
    }
    const { method } = sent.job.request;
    const head = answerHead(status, fields, method);
    if (head === undefined) {
      this.#owner.invalidMessage(this, `a response with the invalid status ${JSON.stringify(status)?.slice(0, 40)}`);
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
      this.#abandonSent(id, sent); // the client disconnected or the job has ended: both are reported elsewhere
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

  /** XyPriss's own workers do not support Cancel. Their late responses are dropped by id. */
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
