import { stat } from "node:fs/promises";
import { isAbsolute, sep } from "node:path";
import type { Headers } from "../../../protocol/wire/worker.ts";
import type { Logger } from "../../base/log.ts";
import { DELEGATE } from "../../workers/answer-head.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { toldRequest } from "../exchange/request-for-log.ts";
import { BoundedWarnings } from "../observe/bounded-warnings.ts";
import type { StaticOptions } from "../options.ts";
import { answerWith, without } from "./answer-with.ts";
import { failureAnswer } from "./failure-answer.ts";
import { FileContents } from "./file-contents.ts";
import { FileChangedError } from "./file-errors.ts";
import { KnownFiles } from "./known-files.ts";
import { type FoundFile, loadFile } from "./load-file.ts";
import { locate, TO_FOLDER } from "./locate.ts";

/**
 * Files over HTTP: whole, in part (one range; several that are apart get the whole), or not at all, by the conditions of
 * the request; and what lies beside a file as `.zst`, `.br` or `.gz`, for who accepts it.
 */
export interface FileServer {
  /** One file, for GET and HEAD. */
  serve(exchange: Exchange, file: string): Answer | Promise<Answer>;
  /**
   * A file below a folder, which nothing leads out of; of a folder its index.html.
   * @param rest - of the path, decoded, as RouteMatch has it.
   */
  serveBelow(exchange: Exchange, folder: string, rest: string): Answer | Promise<Answer>;
  /** The file that a worker's answer of status 0 stands for. The answer's header fields go before the file's own. */
  delegated(exchange: Exchange, answer: Answer): Answer | Promise<Answer>;
  close(): void;
}

export function createFileServer(options: StaticOptions, { log }: { readonly log: Logger }): FileServer {
  return new Files(options, log);
}

/** Where to find a file, or the answer that refuses it. */
type Find = () => Promise<FoundFile | Answer>;

const NOT_THE_FILES = [DELEGATE, "content-length", "transfer-encoding", "connection"];
/** Looks at a file that is another one each time it is opened. */
const TRIES = 3;

class Files implements FileServer {
  readonly #options: StaticOptions;
  readonly #log: Logger;
  readonly #warnings: BoundedWarnings;
  readonly #contents: FileContents;
  readonly #known: KnownFiles;

  constructor(options: StaticOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#warnings = new BoundedWarnings(log);
    this.#contents = new FileContents(options.concurrency, options.cacheEntries > 0);
    this.#known = new KnownFiles(options.cacheEntries, ({ plain, coded }) => {
      for (const variant of [plain, ...coded]) this.#contents.drop(variant);
    });
  }

  serve(exchange: Exchange, file: string): Answer | Promise<Answer> {
    return refuseMethod(exchange) ?? this.#send(exchange, file, () => findAt(file));
  }

  serveBelow(exchange: Exchange, folder: string, rest: string): Answer | Promise<Answer> {
    const hasSlash = exchange.path.endsWith("/");
    const key = hasSlash ? `${folder}\0${rest}/` : `${folder}\0${rest}`;
    const find = () => locate(folder, rest, hasSlash, this.#options.dotfiles);
    return refuseMethod(exchange) ?? this.#send(exchange, key, find);
  }

  delegated(exchange: Exchange, { headers }: Answer): Answer | Promise<Answer> {
    const file = headers[DELEGATE];
    if (typeof file !== "string" || !isAbsolute(file)) {
      const told = { status: 502, route: exchange.route, ...toldRequest(exchange) };
      this.#warnings.warn(
        `no file ${exchange.route}`,
        told,
        "a worker's answer names no absolute path of a file to send",
      );
      return errorAnswer(502, "the worker names no file to send");
    }
    return this.#send(exchange, file, () => findAt(file), without(headers, NOT_THE_FILES));
  }

  close(): void {
    this.#known.clear();
  }

  #send(exchange: Exchange, key: string, find: Find, given?: Headers): Answer | Promise<Answer> {
    const file = this.#known.get(key);
    if (file === undefined) return this.#lookAndSend(exchange, key, find, given);
    const answer = answerWith(file, exchange, this.#contents, given);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error) => this.#sendAgain(error, exchange, key, find, given));
  }

  async #lookAndSend(exchange: Exchange, key: string, find: Find, given?: Headers, tries = TRIES): Promise<Answer> {
    try {
      const found = await this.#known.load(key, async (before) => {
        const file = await find();
        return "status" in file ? file : await loadFile(file, before, this.#options.maxAge);
      });
      if (found === TO_FOLDER) return redirectToFolder(exchange);
      return "status" in found ? found : await answerWith(found, exchange, this.#contents, given);
    } catch (error) {
      return this.#sendAgain(error, exchange, key, find, given, tries - 1);
    }
  }

  /** A file that is no longer the one that was looked at is looked at anew. */
  async #sendAgain(error: unknown, exchange: Exchange, key: string, find: Find, given?: Headers, tries = TRIES) {
    if (!(error instanceof FileChangedError) || tries === 0)
      return failureAnswer(error, key.replace("\0", sep), exchange, this.#log);
    this.#known.forget(key);
    return this.#lookAndSend(exchange, key, find, given, tries);
  }
}

async function findAt(path: string): Promise<FoundFile> {
  return { path, name: path, stats: await stat(path) };
}

function refuseMethod({ method }: Exchange): Answer | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  return errorAnswer(405, `a file is not for ${method}`, { allow: "GET, HEAD" });
}

/** A location that begins with two slashes would be another host's. */
function redirectToFolder({ path, search }: Exchange): Answer {
  const location = `${path.replace(/^[/\\]+/, "/")}/${search && `?${search}`}`;
  return { status: 301, headers: { location } };
}
