import { stat } from "node:fs/promises";
import { isAbsolute, sep } from "node:path";
import type { Headers } from "../../../protocol/wire/worker.ts";
import type { Logger } from "../../base/log.ts";
import { DELEGATE } from "../../workers/answer-head.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { requestForLog } from "../exchange/request-for-log.ts";
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
 * Serves files over HTTP. Supports conditional requests, a single range (several separate ranges get the whole file),
 * and precompressed files beside the original: `.zst`, `.br` and `.gz`, for clients that accept the coding.
 */
export interface FileServer {
  /** Serves one file for GET and HEAD. */
  serve(exchange: Exchange, file: string): Answer | Promise<Answer>;
  /**
   * Serves a file below a folder, or index.html of a folder in it. No path leads out of the folder.
   * @param rest - the rest of the path, decoded, as in RouteMatch.
   */
  serveBelow(exchange: Exchange, folder: string, rest: string): Answer | Promise<Answer>;
  /** Serves the file that a worker's answer with status 0 names. The answer's header fields override the file's. */
  delegated(exchange: Exchange, answer: Answer): Answer | Promise<Answer>;
  close(): void;
}

export function createFileServer(options: StaticOptions, { log }: { readonly log: Logger }): FileServer {
  return new Files(options, log);
}

/** Finds a file, or returns the answer that refuses it. */
type Find = () => Promise<FoundFile | Answer>;

const DROPPED_FIELDS = [DELEGATE, "content-length", "transfer-encoding", "connection"];
/** Maximum number of attempts to send a file that keeps changing. */
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
      const fields = { status: 502, route: exchange.route, ...requestForLog(exchange) };
      this.#warnings.warn(
        `no file ${exchange.route}`,
        fields,
        "a worker's answer does not give the absolute path of the file to send",
      );
      return errorAnswer(502, "the worker did not name a file to send");
    }
    return this.#send(exchange, file, () => findAt(file), without(headers, DROPPED_FIELDS));
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

  /** Reloads a file that has changed since it was checked. */
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
  return errorAnswer(405, `a file does not support ${method}`, { allow: "GET, HEAD" });
}

/** A location that begins with two slashes would name another host. */
function redirectToFolder({ path, search }: Exchange): Answer {
  const location = `${path.replace(/^[/\\]+/, "/")}/${search && `?${search}`}`;
  return { status: 301, headers: { location } };
}
