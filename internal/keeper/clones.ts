import { mkdirSync, rmSync } from "node:fs";
import type { Logger } from "../base/log.ts";
import type { Member, Role } from "../cluster/member.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { Supervisor } from "../cluster/supervisor.ts";
import type { ExitWatch } from "../processes/exit-watch.ts";
import { bootId, identityOf, isRunning } from "../processes/identity.ts";
import type { RunningProcess, Starter } from "../processes/running-process.ts";
import { signalGroupOf } from "../processes/signal-identity.ts";
import type { AppSpec } from "./app-spec.ts";
import { CLONE_ID, CLONE_KEY, CLONE_PORT } from "./clone-environment.ts";
import { createOutput, foundOutput } from "./clone-output.ts";
import { startClone, withParts } from "./clone-process.ts";
import { endLeftovers, Leftovers } from "./leftovers.ts";
import { adoptLogPipes, type LogPipe, type PipeOwner } from "./log/log-pipe.ts";
import type { LogWriter } from "./log/log-writer.ts";
import type { MarkedProcess } from "./marked-processes.ts";
import type { KnownPort } from "./port.ts";
import { type Running, type RunningClone, RunningStateFile } from "./running-state.ts";
import { versionOf } from "./spec-version.ts";

/** What the keeper has one of. */
export interface ClonesDeps {
  readonly log: Logger;
  /** The app's folder for pipes and running.json. */
  readonly folder: string;
  readonly writer: LogWriter;
  readonly exits: ExitWatch;
}

/** The part of a RunningClone that does not change. */
type Kept = Omit<RunningClone, "role" | "wasReady" | "isLeaving">;

/** The processes of an app: starts them, and keeps on disk what the next keeper needs to take them over. */
export class Clones {
  readonly #deps: ClonesDeps;
  readonly #file: RunningStateFile;
  readonly #kept = new Map<string, Kept>();
  /** The pipes that an earlier keeper has left. */
  readonly #pipes: readonly LogPipe[];
  readonly #supervisors = new Set<Supervisor>();
  #port: Omit<KnownPort, "keeper"> | undefined;
  #isUnsaved = false;

  constructor(deps: ClonesDeps) {
    this.#deps = deps;
    mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
    this.#file = new RunningStateFile(deps.folder, bootId());
    this.#pipes = adoptLogPipes(deps.folder, deps.writer);
  }

  /** The processes of a supervisor are those that the next keeper takes over. */
  include(supervisor: Supervisor): void {
    this.#supervisors.add(supervisor);
  }

  exclude(supervisor: Supervisor): void {
    this.#supervisors.delete(supervisor);
    this.save();
  }

  /** How the clones of a description are started. */
  starter(spec: AppSpec, options: ClusterOptions): Starter {
    const version = versionOf(spec);
    return (identity, line) => {
      const { [CLONE_KEY]: key = "", [CLONE_ID]: id = "", [CLONE_PORT]: port } = identity.env;
      const { log, folder, writer } = this.#deps;
      const process = startClone(options, identity, log, () => ({
        output: createOutput(folder, { clone: id, owner: ownerOf(spec) }, writer, line),
        leftovers: new Leftovers(key, options.stopTimeout),
      }));
      const start = process.pid === undefined ? undefined : identityOf(process.pid)?.start;
      if (process.pid !== undefined && start !== undefined) {
        const kept = { id, key, pid: process.pid, start, startedAt: Date.now(), version };
        this.#keep({ ...kept, ...(port !== undefined && { port: Number(port) }) }, process);
      }
      return process;
    };
  }

  /**
   * What an earlier keeper has started and is running: by its file, and by the environment of processes, because it may
   * have been killed before it wrote the file. What clones have left behind that ended meanwhile is ended.
   * @param marked - the processes of this app
   * @param grace - milliseconds until what is left behind is killed
   */
  running(marked: readonly MarkedProcess[], grace: number): Running {
    const { clones: known, port, over = [] } = this.#file.load();
    const clones = known.filter((clone) => isRunning(clone));
    const keys = new Set(clones.map(({ key }) => key));
    for (const { pid, start, id, key, port: own } of marked.filter(({ isLeader }) => isLeader)) {
      if (keys.has(key)) continue;
      keys.add(key);
      const startedAt = Date.now();
      const state = { role: "active", wasReady: true, isLeaving: false, version: "" } as const;
      clones.push({ ...{ id, key, pid, start, startedAt }, ...state, ...(own !== undefined && { port: own }) });
    }
    const left = marked.map(({ key }) => key).filter((key) => !keys.has(key));
    void endLeftovers(left, grace);
    return { clones, over, ...(port !== undefined && { port }) };
  }

  /** The listening socket, which the next keeper takes over. */
  set port(port: Omit<KnownPort, "keeper"> | undefined) {
    this.#port = port;
    this.save();
  }

  /**
   * Gives running processes to a supervisor that has not started any: each to the clone with its id; those without a place
   * to additional clones above the wanted number.
   * @param taking - how each of them is taken over
   */
  takeOver(
    supervisor: Supervisor,
    spec: AppSpec,
    { clones: found, over = [] }: Running,
    taking: (starter: Starter, clone: RunningClone) => Starter = (starter) => starter,
  ): void {
    const places = new Set(Array.from({ length: spec.clones + spec.standbys }, (_, id) => String(id)));
    let surplus = places.size;
    for (const clone of found.toSorted((a, b) => worth(b, spec) - worth(a, spec))) {
      const hasPlace = !clone.isLeaving && places.delete(clone.id);
      const id = hasPlace ? clone.id : String(surplus++);
      const { key, wasReady, startedAt } = clone;
      supervisor.takeOver(id, clone.role, {
        key,
        wasReady,
        age: Math.max(0, Date.now() - startedAt),
        starter: taking((_, line) => this.#found(clone, spec, line), clone),
      });
    }
    for (const { id, hasFinished } of over) {
      supervisor.members.find((member) => member.id === id)?.leaveOver({ hasFinished });
    }
  }

  /** Writes the processes to disk. Called when one of them has changed. */
  save(): void {
    const states = new Map([...this.#supervisors].flatMap(({ members }) => members.flatMap(statesOf)));
    const clones = [...this.#kept.values()].map((kept) => ({ ...kept, ...(states.get(kept.key) ?? LEAVING) }));
    const keeper = identityOf(process.pid);
    const port = this.#port !== undefined && keeper !== undefined ? { ...this.#port, keeper } : undefined;
    try {
      this.#file.save({ clones, over: this.#over, ...(port !== undefined && { port }) });
      this.#isUnsaved = false;
    } catch (error) {
      if (!this.#isUnsaved) this.#deps.log.warn({ err: error }, "cannot save which processes run");
      this.#isUnsaved = true;
    }
  }

  get #over(): NonNullable<Running["over"]> {
    const members = [...this.#supervisors].flatMap((supervisor) => supervisor.members);
    return members.filter(({ isOver }) => isOver).map(({ id, hasFinished }) => ({ id, hasFinished }));
  }

  /** Removes what the next keeper would need: the app is deleted. */
  forget(): void {
    rmSync(this.#deps.folder, { recursive: true, force: true });
  }

  #found(clone: RunningClone, { killTimeout }: AppSpec, line: Parameters<Starter>[1]): RunningProcess {
    const { id, key, pid, start, startedAt, version, port } = clone;
    const { exits, writer } = this.#deps;
    const process = withParts(
      {
        pid,
        exited: exits.watch({ pid, start }),
        onSpawn: (listener) => queueMicrotask(listener),
        signal: (name) => signalGroupOf({ pid, start }, name),
      },
      {
        output: foundOutput(this.#pipes, id, writer, line),
        leftovers: new Leftovers(key, killTimeout),
      },
    );
    this.#keep({ ...{ id, key, pid, start, startedAt, version }, ...(port !== undefined && { port }) }, process);
    return process;
  }

  #keep(kept: Kept, { exited }: RunningProcess): void {
    this.#kept.set(kept.key, kept);
    this.save();
    void exited.then(() => {
      this.#kept.delete(kept.key);
      this.save();
    });
  }
}

function ownerOf({ uid, gid }: AppSpec): PipeOwner | undefined {
  if (uid === undefined && gid === undefined) return undefined;
  return { uid: uid ?? process.getuid?.() ?? 0, gid: gid ?? process.getgid?.() ?? 0 };
}

/** A process that no member has any more. */
const LEAVING = { role: "active" as Role, wasReady: true, isLeaving: true };

function statesOf({ role, processes }: Member) {
  return processes.map(({ key, state }) => {
    return [key, { role, wasReady: state === "ready", isLeaving: state === "draining" }] as const;
  });
}

/** Which of two processes of the same clone is kept. */
function worth({ version, wasReady, isLeaving }: RunningClone, spec: AppSpec): number {
  return (isLeaving ? 0 : 4) + (wasReady ? 2 : 0) + (version === versionOf(spec) ? 1 : 0);
}
