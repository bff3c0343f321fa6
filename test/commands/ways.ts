import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { Ajv } from "ajv";
import { type Client, connect } from "../../clients/typescript/index.ts";
import { oneShotHost } from "../../internal/host/one-shot-host.ts";
import { Router } from "../../internal/host/router.ts";
import { type CommandName, contractsByName } from "../../protocol/commands/index.ts";
import { ERRORS, isErrorCode, XsysError } from "../../protocol/errors.ts";
import { FRONT, type Home, makeHome, serveIn } from "../front/support/fronts.ts";
import { type Printed, runHere } from "../support/command-line-here.ts";
import { fakeCall } from "../support/fake-call.ts";
import { BUILT, programWith } from "../support/program.ts";
import { type Served, startServed } from "../support/served.ts";
import { startTestService } from "../support/service.ts";
import { xypriss } from "../support/xypriss-words.ts";

export interface CallOptions {
  /** Bytes for a command that reads a stream. */
  readonly input?: string | Uint8Array;
  readonly confined?: boolean;
}

export interface Answer {
  readonly result: unknown;
  readonly output: Uint8Array;
  /** The content is checked against the contract. */
  readonly events: readonly unknown[];
}

/** One way to call a command. Relative paths are resolved from `root`. */
export interface Way {
  call(root: string, name: CommandName, params: object, options: CallOptions): Promise<Answer>;
  /** Whether what it started serves all tests of a file. */
  readonly isShared?: boolean;
  /** Stops whatever a test, or all tests that share it, left running. */
  close(): Promise<void>;
}

/** Calls the handler through the router in this process. */
export const inProcess: Way = {
  async call(root, name, params, { input, confined = false }) {
    const defects: unknown[] = [];
    const host = oneShotHost({ root, confined, logDefect: (error) => defects.push(error) });
    const output: Uint8Array[] = [];
    const events: unknown[] = [];
    try {
      const call = fakeCall({
        input: asStream(input),
        output: { write: async (bytes) => void output.push(bytes) },
        events: { ready: true, emit: async (event) => void events.push(event) },
        callerPid: process.pid,
      });
      const result = await new Router(host).call(name, params, call);
      return checked(name, { result, output: Buffer.concat(output), events });
    } catch (error) {
      throw defects[0] ?? error;
    } finally {
      await host.tasks.close();
    }
  },
  close: async () => {},
};

/** Calls through the SDK, over the socket of a service that runs for the duration of a test. */
export class OverSocket implements Way {
  readonly #running = new Map<string, Promise<{ service: Served; client: Client }>>();

  async call(root: string, name: CommandName, params: object, { input = "", confined = false }: CallOptions) {
    const { client } = await this.#serviceFor(root, confined);
    const contract = contractsByName.get(name);
    const options = contract?.input === undefined ? {} : { input };
    if (contract?.output !== undefined) {
      const stream = client.stream(name, params, options);
      const [output, events] = await Promise.all([
        buffer(stream),
        contract.events === undefined ? [] : Array.fromAsync(stream.events),
      ]);
      return checked(name, { result: await stream.result, output, events });
    }
    if (contract?.events !== undefined) {
      const stream = client.subscribe(name, params, options);
      const events = await Array.fromAsync(stream);
      return checked(name, { result: await stream.result, output: new Uint8Array(), events });
    }
    return checked(name, { result: await client.call(name, params, options), output: new Uint8Array(), events: [] });
  }

  /** The client that the calls use, for features that `call` does not offer. */
  async client(root: string): Promise<Client> {
    return (await this.#serviceFor(root, false)).client;
  }

  async close(): Promise<void> {
    const running = await Promise.all(this.#running.values());
    this.#running.clear();
    for (const { client, service } of running) {
      client.close();
      service.stop(true);
      await service.ended;
    }
  }

  #serviceFor(root: string, confined: boolean) {
    const key = `${confined} ${root}`;
    const running = this.#running.get(key) ?? start();
    this.#running.set(key, running);
    return running;

    async function start() {
      const service = await (BUILT === undefined ? startTestService : startServed)({ root, confined });
      return { service, client: await connect({ socket: service.socket }) };
    }
  }
}

/**
 * Calls the command line in a process of its own, as XyPriss's client does: standard input stays open if there is no
 * input.
 */
export const throughProcess: Way = {
  call: (root, name, params, options) =>
    callCommandLine(
      (words, input) => runIn(() => spawn(...programWith(words), { cwd: root }), input),
      root,
      name,
      params,
      options,
    ),
  close: async () => {},
};

/**
 * The same in this process if the sources are tested: a process for each of the thousand calls takes minutes. The tests
 * of the executable start them all.
 */
export const throughCommandLine: Way =
  BUILT !== undefined
    ? throughProcess
    : {
        call: (root, name, params, options) =>
          callCommandLine((words, input) => runHere(words, { cwd: root, input }), root, name, params, options),
        close: async () => {},
      };

/** Calls the command line of the built native front, with one service for all tests: roots are words of each call. */
export class ThroughFront implements Way {
  readonly isShared = true;
  #home: Promise<{ readonly home: Home; readonly service: ChildProcess }> | undefined;

  async call(root: string, name: CommandName, params: object, options: CallOptions): Promise<Answer> {
    this.#home ??= this.#start();
    const { env } = (await this.#home).home;
    const start = (words: string[]) => spawn(FRONT, words, { cwd: root, env });
    return callCommandLine((words, input) => runIn(() => start(words), input), root, name, params, options);
  }

  async close(): Promise<void> {
    const { home, service } = (await this.#home) ?? {};
    this.#home = undefined;
    service?.kill("SIGKILL");
    await home?.remove();
  }

  async #start() {
    const home = await makeHome();
    return { home, service: await serveIn(home) };
  }
}

type Input = string | Uint8Array | undefined;

/** Runs a program until it ends. */
async function runIn(start: () => ChildProcessWithoutNullStreams, input: Input): Promise<Printed> {
  const child = start();
  if (input !== undefined) child.stdin.end(input);
  const [stdout, stderr, [status]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  child.stdin.destroy();
  return { status, stdout, stderr };
}

async function callCommandLine(
  run: (words: string[], input: Input) => Promise<Printed>,
  root: string,
  name: CommandName,
  params: object,
  { input, confined = false }: CallOptions,
): Promise<Answer> {
  const contract = contractsByName.get(name);
  if (contract === undefined) throw new Error(`no contract for ${name}`);
  const words = [...(confined ? ["--confine"] : []), ...xypriss(root, contract, params)];
  const { status, stdout, stderr } = await run(words, contract.input === undefined ? input : (input ?? ""));
  if (status !== 0) throw errorFrom(stdout.toString(), stderr.toString(), status);
  if (contract.output !== undefined) return { result: { bytes: stdout.length }, output: stdout, events: [] };
  const text = stdout.toString();
  if (/[^\n\x20-\x7e]/.test(text)) throw new Error(`${name} answered with more than ASCII: ${text}`);
  if (contract.events !== undefined) {
    const events = text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    checkEvents(name, events);
    return { result: undefined, output: new Uint8Array(), events };
  }
  const { status: answered, data: shown } = JSON.parse(text);
  if (answered !== "ok") throw new Error(`${name} exited with 0 and answered ${text}`);
  const data = contract.plain === undefined ? shown : { [contract.plain]: shown };
  return checked(name, { result: data, output: new Uint8Array(), events: [] });
}

function errorFrom(stdout: string, stderr: string, status: number | null): Error {
  try {
    const { status: answered, message, code, details } = JSON.parse(stdout);
    if (answered === "error" && isErrorCode(code) && ERRORS[code].exit === status) {
      return new XsysError(code, message, { details });
    }
  } catch {
    // reported below
  }
  return new Error(`exit status ${status}, stdout ${stdout}, stderr ${stderr}`);
}

async function* asStream(input: string | Uint8Array = ""): AsyncGenerator<Uint8Array> {
  yield Buffer.from(input);
}

const ajv = new Ajv({ keywords: ["x-unit", "x-path"], allErrors: true, allowUnionTypes: true });

function checked(name: CommandName, answer: Answer): Answer {
  checkResult(name, answer.result);
  checkEvents(name, answer.events);
  return answer;
}

/** Throws if a result does not match the contract. */
export function checkResult(name: CommandName, result: unknown): void {
  check(contractsByName.get(name)?.result ?? false, name, result);
}

/** Throws if an event does not match the contract. */
export function checkEvents(name: CommandName, events: readonly unknown[]): void {
  for (const event of events) check(contractsByName.get(name)?.events ?? false, name, event);
}

function check(schema: object | boolean, name: CommandName, value: unknown): void {
  const validate = ajv.compile(schema);
  if (!validate(value)) {
    throw new Error(`${name} answered ${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`);
  }
}
