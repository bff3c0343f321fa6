import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { XsysError } from "../../../protocol/errors.ts";
import { type Answer, errorAnswer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";

export interface IncomingFile {
  readonly fieldname: string;
  /** As the client tells it, without folders. */
  readonly originalname: string;
  readonly encoding: string;
  /** As the client tells it; lower case, without parameters. */
  readonly declaredType: string;
  /** To be read to its end. */
  readonly stream: Readable;
}

export interface FormParts {
  field(name: string, value: string): void;
  /** One file after the other. */
  file(file: IncomingFile): Promise<void>;
}

/** The form cannot be taken. */
export class FormRefusal extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string) {
    super(message);
    this.answer = errorAnswer(status, message);
  }
}

type ReadForm = (exchange: Exchange, body: Readable, parts: FormParts) => Promise<void>;

/** Parts of a form, fields among them, bytes of a field's text, and a part's header lines with their bytes. */
const LIMITS = { parts: 2_000, fields: 1_000, fieldSize: 1_048_576, headerPairs: 32, headerSize: 16_384 };
/** Bytes held of each file that waits for its turn to be written. */
const FILE_BUFFER = 16_384;

/**
 * Loads the parser. What it gives reads a form from a body; it rejects with a FormRefusal, or with what a file's taker or
 * the body failed with, and not before every taker has ended.
 */
export async function openFormReader(): Promise<ReadForm> {
  const { Busboy } = await import("@fastify/busboy");
  const createParser = (headers: IncomingHttpHeaders) => {
    try {
      return new Busboy({
        headers: headers as IncomingHttpHeaders & { "content-type": string },
        fileHwm: FILE_BUFFER,
        isPartAFile: (_field, _type, filename) => filename !== undefined,
        limits: LIMITS,
      });
    } catch (error) {
      throw malformed(error);
    }
  };
  return async (exchange, body, parts) => {
    const parser = createParser(exchange.headers);
    const parsed = Promise.withResolvers<void>();
    const streams: Readable[] = [];
    let files = Promise.resolve();
    parser.on("field", (name: string | undefined, value, _nameIsCut, isCut) => {
      if (isCut) parsed.reject(tooLarge(`a field is over ${LIMITS.fieldSize} bytes`));
      else if (name !== undefined) parts.field(name, value);
    });
    parser.on("file", (name: string | undefined, stream, filename, encoding, type) => {
      stream.on("error", () => {}); // it is the parser's, which tells it itself
      if (name === undefined || filename === "") {
        stream.resume(); // an input in which no file was chosen
        return;
      }
      streams.push(stream);
      const file = { fieldname: name, originalname: filename, encoding, declaredType: type, stream };
      files = files.then(() => parts.file(file));
      files.catch(parsed.reject);
    });
    parser.on("fieldsLimit", () => parsed.reject(tooLarge(`there are more than ${LIMITS.fields} fields`)));
    parser.on("partsLimit", () => parsed.reject(tooLarge(`there are more than ${LIMITS.parts} parts`)));
    parser.on("error", (error) => parsed.reject(malformed(error)));
    parser.on("finish", parsed.resolve);
    body.on("error", parsed.reject);
    body.on("close", () => body.readableEnded || parsed.reject(clientGone()));
    exchange.onEnd(() => parsed.reject(clientGone()));
    body.pipe(parser);
    try {
      await parsed.promise;
      await files;
    } catch (error) {
      body.unpipe(parser);
      body.resume();
      for (const stream of streams) stream.destroy();
      await files.catch(() => {});
      throw error;
    }
  };
}

function malformed(error: unknown): FormRefusal {
  return new FormRefusal(400, `The form is malformed: ${error instanceof Error ? error.message : String(error)}`);
}

function tooLarge(reason: string): FormRefusal {
  return new FormRefusal(413, `The form is too large: ${reason}`);
}

function clientGone(): XsysError {
  return new XsysError("CANCELLED", "reading a form was given up: its client has gone");
}
