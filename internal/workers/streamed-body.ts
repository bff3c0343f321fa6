import { Duplex, Readable } from "node:stream";
import type { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";

/** Events of a body besides its bytes. */
export interface BodyCallbacks {
  /** The stream was destroyed before its end: the rest is not needed. */
  abandoned(): void;
  /** Everything in the other direction was sent. */
  sent?(): void;
}

/** A body that arrives in chunks, as a stream with back pressure. */
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

/** An upgraded connection: bytes in both directions. */
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
