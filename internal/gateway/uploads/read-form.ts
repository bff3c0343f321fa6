import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { BusboyInstance } from "@fastify/busboy";
import { XsysError } from "../../../protocol/errors.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";

export interface IncomingFile {
  readonly fieldname: string;
  /** Name sent by the client, without folders. */
  readonly originalname: string;
  readonly encoding: string;
  /** Content type sent by the client, lower case, without parameters. */
  readonly declaredType: string;
  /** Must be read to its end. */
  readonly stream: Readable;
}

export interface FormParts {
  field(name: string, value: string): void;
  /** Called for one file at a time. */
  file(file: IncomingFile): Promise<void>;
}

/** The form is refused. */
export class FormRefusal extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string) {
    super(message);
    this.answer = errorAnswer(status, message);
  }
}

type ReadForm = (exchange: Exchange, body: Readable, parts: FormParts) => Promise<void>;

/** Maximum number of parts and of fields, bytes of a field's text, and number and bytes of a part's header lines. */
const PARSER_LIMITS = { parts: 2_000, fields: 1_000, fieldSize: 1_048_576, headerPairs: 32, headerSize: 16_384 };
/** Maximum characters of all fields: they are held in memory, and sent to the worker in one message. */
const MAX_TEXT = 8_388_608;
/** Bytes buffered of each file that waits to be written. */
const FILE_BUFFER = 16_384;

/**
 * Loads the parser. Returns a function that reads a form from a body. It rejects with a FormRefusal, or with the error
 * of a `file` callback or the body, after all callbacks have ended. The body of a refused form is read to its end.
 */
export async function openFormReader(): Promise<ReadForm> {
  const { Busboy } = await import("./busboy.ts");
  const createParser = (headers: IncomingHttpHeaders) =>
    new Busboy({
      headers: headers as IncomingHttpHeaders & { "content-type": string },
      fileHwm: FILE_BUFFER,
      isPartAFile: (_field, _type, filename) => filename !== undefined,
      limits: PARSER_LIMITS,
    });
  return async (exchange, body, parts) => {
    const reading = new FormReading(parts);
    const cancel = () =>
      reading.fail(new XsysError("CANCELLED", "reading a form was cancelled: the client disconnected"));
    body.on("error", reading.fail);
    body.on("close", () => body.readableEnded || cancel());
    exchange.onEnd(cancel);
    try {
      body.pipe(reading.listenTo(createParser(exchange.headers)));
    } catch (error) {
      reading.fail(malformed(error));
    }
    await reading.ended.catch((error) => {
      body.unpipe();
      body.resume();
      throw error;
    });
  };
}

/** State of a form while it is read. */
class FormReading {
  readonly ended: Promise<void>;
  readonly fail: (error: unknown) => void;
  readonly #parts: FormParts;
  readonly #streams: Readable[] = [];
  readonly #parsed = Promise.withResolvers<void>();
  #files = Promise.resolve();
  #text = 0;

  constructor(parts: FormParts) {
    this.#parts = parts;
    this.fail = this.#parsed.reject;
    this.ended = this.#end();
  }

  listenTo(parser: BusboyInstance): BusboyInstance {
    parser.on("field", (name: string | undefined, value, _nameIsCut, isCut) => this.#takeField(name, value, isCut));
    parser.on("file", (name: string | undefined, stream, filename, encoding, type) => {
      stream.on("error", () => {}); // the parser emits the same error
      if (name === undefined || filename === "")
        stream.resume(); // an input without a chosen file
      else this.#takeFile({ fieldname: name, originalname: filename, encoding, declaredType: type, stream });
    });
    parser.on("fieldsLimit", () => this.fail(tooLarge(`more than ${PARSER_LIMITS.fields} fields`)));
    parser.on("partsLimit", () => this.fail(tooLarge(`more than ${PARSER_LIMITS.parts} parts`)));
    parser.on("error", (error) => this.fail(malformed(error)));
    parser.on("finish", () => this.#parsed.resolve());
    return parser;
  }

  #takeField(name: string | undefined, value: string, isCut: boolean): void {
    this.#text += value.length;
    if (isCut) this.fail(tooLarge(`a field of more than ${PARSER_LIMITS.fieldSize} bytes`));
    else if (this.#text > MAX_TEXT) this.fail(tooLarge(`text of more than ${MAX_TEXT} characters`));
    else if (name !== undefined) this.#parts.field(name, value);
  }

  #takeFile(file: IncomingFile): void {
    this.#streams.push(file.stream);
    this.#files = this.#files.then(() => this.#parts.file(file));
    this.#files.catch(this.fail);
  }

  async #end(): Promise<void> {
    try {
      await this.#parsed.promise;
      await this.#files;
    } catch (error) {
      for (const stream of this.#streams) stream.destroy();
      await this.#files.catch(() => {});
      throw error;
    }
  }
}

function malformed(error: unknown): FormRefusal {
  return new FormRefusal(400, `The form is malformed: ${error instanceof Error ? error.message : String(error)}`);
}

function tooLarge(reason: string): FormRefusal {
  return new FormRefusal(413, `The form is too large: ${reason}`);
}
