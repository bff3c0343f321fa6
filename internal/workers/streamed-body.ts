import { Duplex, Readable } from "node:stream";
import type { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";

/** What becomes of a body's chunks, apart from the bytes. */
export interface BodyCallbacks {
  /** Nobody wants the rest of what comes. */
  abandoned(): void;
  /** All that goes the other way was sent. */
  sent?(): void;
}

/** A body that comes as chunks, as a stream: it is read no faster than it is taken. */
export function streamedBody(reader: ByteReader, callbacks: BodyCallbacks): Readable {
  return new Readable({
    read() {
      readInto(this, reader);
    },
    destroy(error, done) {
      if (!this.readableEnded) callbacks.abandoned();
      done(error);
    },
  });
}

/** A connection whose protocol was changed: bytes both ways. */
export function streamedConnection(reader: ByteReader, writer: ByteWriter, callbacks: BodyCallbacks): Duplex {
  return new Duplex({
    read() {
      readInto(this, reader);
    },
    write(bytes: Buffer, _encoding, done) {
      writer.write(bytes).then(() => done(), done);
    },
    final(done) {
      callbacks.sent?.();
      done();
    },
    destroy(error, done) {
      if (!this.readableEnded || !this.writableFinished) callbacks.abandoned();
      done(error);
    },
  });
}

function readInto(stream: Readable, reader: ByteReader): void {
  reader.next().then(
    (bytes) => stream.push(bytes ?? null),
    (error: Error) => stream.destroy(error),
  );
}
