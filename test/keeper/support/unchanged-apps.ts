import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { freePort } from "../../../bench/free-port.ts";
import { Clients, type Outcome, type Target } from "./requests-during.ts";
import { type App, pidsOf, type Stage } from "./stage.ts";

/** Folder of small programs, which know nothing of xsys. */
export const PROGRAMS = fileURLToPath(new URL("../programs", import.meta.url));

/** Milliseconds for which a request waits only if its process does not go on. */
const STUCK = 500;

/** How an app is started, and asked. */
export interface Subject extends Omit<Target, "port"> {
  readonly name: string;
  /** Words of `xsys app start`. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly clones?: number;
  /** Its processes accept the connections themselves, so a killed one takes its requests along. */
  readonly listens?: boolean;
}

/** Apps that run at the same time, each on a port of its own. */
export class UnchangedApps {
  readonly #stage: Stage;
  readonly #ports = new Map<string, number>();
  readonly #subjects: Subject[] = [];
  readonly #clients = new Map<string, Clients>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Starts apps at the same time. Programs are in the folder `programs` of the sandbox, which is the current one. */
  async start(subjects: readonly Subject[]): Promise<void> {
    cpSync(PROGRAMS, this.#stage.sandbox.root, { recursive: true });
    for (const { name } of subjects) this.#ports.set(name, await freePort());
    this.#subjects.push(...subjects);
    await Promise.all(subjects.map((subject) => this.#start(subject)));
  }

  portOf(name: string): number {
    return this.#ports.get(name) ?? 0;
  }

  async pids(): Promise<Record<string, readonly number[]>> {
    return Object.fromEntries((await this.status()).map((app) => [app.name, pidsOf(app)]));
  }

  status(): Promise<App[]> {
    return this.#stage.result<App[]>("status");
  }

  /** Sends requests to all apps while `act` runs. Every app must have answered. */
  async outcomes(act: () => Promise<unknown>): Promise<readonly (readonly [Subject, Outcome])[]> {
    for (const subject of this.#subjects) {
      const target = { clients: 2, pause: 20, ...subject, port: this.portOf(subject.name) };
      this.#clients.set(subject.name, new Clients(target));
    }
    try {
      await act();
    } finally {
      await Promise.all([...this.#clients.values()].map((clients) => clients.stop()));
    }
    const outcomes = this.#subjects.map((subject) => [subject, this.#clientsOf(subject).outcome] as const);
    for (const [{ name }, { answers }] of outcomes) expect(answers, name).toBeGreaterThan(0);
    return outcomes;
  }

  async restart(): Promise<void> {
    await Promise.all(this.#subjects.map(({ name }) => this.#stage.result("restart", name)));
  }

  /**
   * Kills a process of each app while requests of `outcomes` wait for its answer, and waits until others have taken their
   * places.
   */
  async killOneOfEach(): Promise<void> {
    const pids = await this.pids();
    await Promise.all(this.#subjects.map((subject) => this.#kill(subject, pids[subject.name]?.[0] ?? 0)));
    const ready = this.#subjects.map(({ name, clones = 2 }) => ({ name, ready: clones, crashes: 1 }));
    const byName = (apps: readonly { name: string }[]) => apps.toSorted((a, b) => a.name.localeCompare(b.name));
    try {
      await expect.poll(async () => byName(await this.status()), { timeout: 30_000 }).toMatchObject(byName(ready));
    } catch (error) {
      throw new Error(`crashes: ${JSON.stringify(await this.#unexpectedCrashes(), null, 2)}`, { cause: error });
    }
  }

  /** The last ones of apps with more than one. */
  async #unexpectedCrashes(): Promise<unknown[]> {
    const apps = (await this.status()).filter(({ crashes }) => crashes > 1);
    return Promise.all(
      apps.map(async ({ name }) => (await this.#stage.result<unknown[]>("crashes", name)).slice(0, 3)),
    );
  }

  /** A process that accepts connections itself gets none while it is stopped: others accept them. */
  async #kill(subject: Subject, pid: number): Promise<void> {
    try {
      if (subject.listens) return;
      process.kill(pid, "SIGSTOP");
      const clients = this.#clientsOf(subject);
      await expect.poll(() => clients.longestWait, { timeout: 30_000 }).toBeGreaterThan(STUCK);
    } finally {
      process.kill(pid, "SIGKILL");
    }
  }

  #clientsOf({ name }: Subject): Clients {
    const clients = this.#clients.get(name);
    if (clients === undefined) throw new Error(`no client sends requests to ${name}`);
    return clients;
  }

  async #start({ name, words, env = {}, clones = 2 }: Subject): Promise<void> {
    const options = ["--name", name, "--clones", String(clones), "--env", JSON.stringify(env), "--stable-for", "300"];
    const [entry = "", ...rest] = words;
    await this.#stage.result("start", ...options, "--port", String(this.portOf(name)), entry, ...rest);
  }
}

/** Requests of any method that have failed, by app. */
export function failures(outcomes: readonly (readonly [Subject, Outcome])[]): Record<string, readonly string[]> {
  const all = outcomes.map(([{ name }, { failed, failedPosts }]) => [name, [...failed, ...failedPosts]] as const);
  return Object.fromEntries(all.filter(([, failed]) => failed.length > 0));
}

/** Those that may be repeated; of apps that accept connections themselves, refused connections. */
export function failuresAtKills(outcomes: readonly (readonly [Subject, Outcome])[]): Record<string, readonly string[]> {
  const all = outcomes.map(([{ name, listens }, { failed, failedPosts }]) => {
    const refused = [...failed, ...failedPosts].filter((each) => each.includes("ECONNREFUSED"));
    return [name, listens ? refused : failed] as const;
  });
  return Object.fromEntries(all.filter(([, failed]) => failed.length > 0));
}
