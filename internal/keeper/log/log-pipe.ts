import { chownSync, closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import { withinTimer } from "../../../protocol/timers.ts";
import { LineRecords } from "./line-records.ts";
import type { LogWriter } from "./log-writer.ts";
import { makeFifo } from "./make-fifo.ts";
import { Pace } from "./pace.ts";
import { RecordBatch } from "./record-batch.ts";
import { RestFile } from "./rest-file.ts";

type OutputStream = "stdout" | "stderr";

/** Whose output a pipe carries. */
export interface PipeOrigin {
  /** Letters, digits, `_` and `-`: it is a word in records, and a part of file names. */
  readonly clone: string;
  readonly stream: OutputStream;
}

/** Capacity of a pipe, pipe(7). */
const PIPE_BYTES = 65_536;
/** Bytes that `drain` reads at most: a process that prints without end must not hold up the keeper. */
const DRAINED = 16 * PIPE_BYTES;

// Shared by all pipes: what was read is written to the file before anything else runs.
const chunk = Buffer.allocUnsafeSlow(PIPE_BYTES);
const batch = new RecordBatch();
const pace = new Pace();

/**
 * The keeper's end of a FIFO that a clone prints to. The clone's end is open for reading as well, so that the death of
 * the keeper neither ends the clone nor loses what waits in the pipe: the next keeper opens the FIFO again.
 *
 * What is read is written before the next read. A keeper that is killed loses at most the bytes of one read (64 KiB,
 * of one pipe of all its apps) and the line that they end, if the signal comes between that read and the end of the
 * write. It writes no line twice. A line that has begun is kept in a file beside the FIFO. What a clone leaves in the
 * pipe is lost if it ends before the next keeper has opened the FIFO: the system discards a pipe that nobody holds.
 */
export class LogPipe {
  readonly clone: string;
  readonly stream: OutputStream;
  /** Resolves when everything that held the clone's end has ended and all lines are written, or after `close`. */
  readonly ended: Promise<void>;
  readonly #path: string;
  readonly #writer: LogWriter;
  readonly #lines = new LineRecords();
  readonly #rest: RestFile;
  readonly #descriptor: number;
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | undefined;
  #isOpen = true;
  readonly #settle: () => void;

  /** Opens a FIFO that exists. */
  constructor(path: string, { clone, stream }: PipeOrigin, writer: LogWriter) {
    this.clone = clone;
    this.stream = stream;
    this.#path = path;
    this.#writer = writer;
    this.#rest = new RestFile(`${path}${REST_ENDING}`);
    this.#descriptor = openFifo(path, constants.O_RDONLY | constants.O_NONBLOCK);
    ({ promise: this.ended, resolve: this.#settle } = Promise.withResolvers<void>());
    this.#socket = new Socket({
      fd: this.#descriptor,
      readable: true,
      writable: false,
      onread: { buffer: chunk, callback: (size) => this.#received(size) },
    } as ConstructorParameters<typeof Socket>[0]);
    this.#socket.on("end", () => this.#end());
    this.#socket.on("error", () => this.#end());
  }

  /** Continues the line that the last keeper had read the beginning of. */
  resume(): void {
    this.#begin();
    this.#lines.push(this.#rest.load(), batch);
    // Without a writer, the system reports the end of a FIFO only to a read.
    if (this.drain() === "ended") this.#end();
    else this.#socket.resume();
  }

  /**
   * Reads and writes what waits in the pipe, such as the last words of a clone that has just ended while its children
   * still hold the pipe.
   */
  drain(): "ended" | "open" {
    for (let drained = 0; this.#isOpen && drained < DRAINED; ) {
      const size = readWaiting(this.#descriptor);
      if (size === 0) return "ended";
      if (size === undefined) break;
      this.#take(chunk.subarray(0, size));
      drained += size;
    }
    return "open";
  }

  /** Stops reading. The FIFO stays, for the next keeper. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#rest.close();
    this.#socket.destroy();
    this.#settle();
  }

  /** Returns false: the socket stops reading until it is resumed. */
  #received(size: number): boolean {
    const start = performance.now();
    this.#take(chunk.subarray(0, size));
    const pause = pace.pauseAfter(size === PIPE_BYTES, performance.now() - start);
    this.#timer = setTimeout(() => this.#socket.resume(), withinTimer(pause));
    return false;
  }

  /** The begun line is saved before the others are written: a line must not be both saved and written. */
  #take(bytes: Buffer): void {
    this.#begin();
    this.#lines.push(bytes, batch);
    this.#rest.save(this.#lines.rest, batch.lines === 0);
    this.#writer.append(this.clone, batch);
  }

  #begin(): void {
    batch.begin(this.#writer.format, { time: Date.now(), clone: this.clone, stream: this.stream });
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#begin();
    this.#lines.end(batch);
    this.#rest.remove();
    this.#writer.append(this.clone, batch);
    removeIfPossible(this.#path);
    this.close();
  }
}

/** Creates a pipe for the output of a new process. */
export interface NewLogPipe {
  readonly pipe: LogPipe;
  /** The clone's end: an entry of its `stdio`. Close it after the clone was started, or could not be started. */
  readonly descriptor: number;
}

const REST_ENDING = ".rest";
const PIPE_NAME = /^([A-Za-z0-9_-]+)\.(stdout|stderr)\.[0-9a-z]+\.pipe$/;

/** The user and the group that a process runs as. */
export interface PipeOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Creates a FIFO in a folder that only this user can write to, and reads it.
 * @param owner - of the process, if it is another user: without it, the process could not open /dev/stdout.
 * @throws an error of the operating system
 */
export function createLogPipe(folder: string, origin: PipeOrigin, writer: LogWriter, owner?: PipeOwner): NewLogPipe {
  const unique = Math.random().toString(36).slice(2);
  const path = join(folder, `${origin.clone}.${origin.stream}.${unique}.pipe`);
  makeFifo(path);
  if (owner) chownSync(path, owner.uid, owner.gid);
  // Before the keeper's end: a FIFO without a writer is at its end. The process gets its own file description, which
  // blocks when the pipe is full.
  const descriptor = openFifo(path, constants.O_RDWR);
  try {
    const pipe = new LogPipe(path, origin, writer);
    pipe.resume();
    return { pipe, descriptor };
  } catch (error) {
    closeSync(descriptor);
    rmSync(path, { force: true });
    throw error;
  }
}

/**
 * Opens the pipes that another keeper has left in a folder. Those that nobody holds any more end at once. One that
 * cannot be opened is noted in the log.
 */
export function adoptLogPipes(folder: string, writer: LogWriter): LogPipe[] {
  return readdirSync(folder).flatMap((file) => {
    const [, clone, stream] = PIPE_NAME.exec(file) ?? [];
    if (clone === undefined) return [];
    try {
      const pipe = new LogPipe(join(folder, file), { clone, stream: stream as OutputStream }, writer);
      pipe.resume();
      return pipe;
    } catch (error) {
      writer.note(`the output to ${stream} is lost: ${(error as Error).message}`, clone);
      return [];
    }
  });
}

function openFifo(path: string, flags: number): number {
  const descriptor = openSync(path, flags | constants.O_NOFOLLOW);
  if (fstatSync(descriptor).isFIFO()) return descriptor;
  closeSync(descriptor);
  throw new XsysError("INVALID_PARAMS", `${path} is not a FIFO`, { details: { path } });
}

/** If it cannot be removed, the next keeper tries again: nobody holds it any more. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // the folder is not writable
  }
}

/** The number of bytes read into `chunk`; 0 at the end, undefined if nothing waits. */
function readWaiting(descriptor: number): number | undefined {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}
