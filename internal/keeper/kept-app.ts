import { XsysError } from "../../protocol/errors.ts";
import type { Logger } from "../base/log.ts";
import type { CrashRecord } from "../cluster/crash-record.ts";
import { Supervisor } from "../cluster/supervisor.ts";
import type { ProcessIdentity } from "../processes/identity.ts";
import type { Starter } from "../processes/running-process.ts";
import { AppPlace, openFront } from "./app-place.ts";
import { type AppSpec, describedFront, type Front, hasPort, type PortFront } from "./app-spec.ts";
import type { AppStatus } from "./app-status.ts";
import { cloneOptions } from "./clone-options.ts";
import type { ClonePorts } from "./clone-ports.ts";
import type { Clones } from "./clones.ts";
import type { Desired } from "./desired-state.ts";
import { announcedStarter } from "./front/announced-starter.ts";
import type { FrontGateways } from "./front/front-gateways.ts";
import type { LogWriter } from "./log/log-writer.ts";
import type { MarkedProcess } from "./marked-processes.ts";
import { isSameFront, type KnownPort, openPort, type Port } from "./port.ts";
import { AppRestarts } from "./restarts/app-restarts.ts";
import { versionOf } from "./spec-version.ts";
import { LONGEST_WAIT, StartWait } from "./start-wait.ts";
import { Turns } from "./turns.ts";
import { Rollouts } from "./versions/rollouts.ts";
import type { Version } from "./versions/version.ts";
import type { VersionedApp, VersionHistory } from "./versions/version-history.ts";

/** Milliseconds until a port that was in use is tried again. */
const PORT_RETRY = 2_000;

export interface KeptAppDeps {
  readonly log: Logger;
  /** The keeper's state folder, and its socket. */
  readonly state: string;
  readonly keeper: string;
  readonly preload: string;
  readonly fronts: FrontGateways;
  readonly ports: ClonePorts;
  readonly writer: LogWriter;
  readonly clones: Clones;
  /** Those of these apps that are to run and are not ready. */
  notReady(names: readonly string[]): readonly string[];
  readonly history: VersionHistory;
  /** Saves what should run. If it fails, nothing has changed. */
  save(desired: Desired): Promise<void>;
  /** @throws BUSY if another app has the port */
  refuseConflict(front: Front): void;
}

/** What was found of an app on disk. */
export interface Found {
  readonly isSaved: boolean;
  /** Why the stored state could not be used as it is. */
  readonly fault?: string | undefined;
}

/** An app that runs: its supervisor, what it was created from, and its listening socket. */
interface Run {
  spec: AppSpec;
  readonly supervisor: Supervisor;
  readonly place: AppPlace;
}

/**
 * One app: its clones, its listening socket, and what should run of it. Starting, stopping and
 * scaling are saved before they are done, new settings when they have started. Changes of an app are made one after the other.
 */
export class KeptApp implements VersionedApp {
  readonly #deps: KeptAppDeps;
  readonly #turns = new Turns();
  readonly #restarts: AppRestarts;
  readonly #wait = new StartWait();
  readonly #rollouts = new Rollouts();
  /** Why the stored state could not be used as it is. */
  readonly #fault: string | undefined;
  /** Why its port could not be opened after a change of keepers. */
  #portFault: string | undefined;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  #desired: Desired;
  #run: Run | undefined;
  /** `#run`, and what it is about to replace. */
  readonly #runs = new Set<Run>();
  /** Changes of the place while it runs, and of what is saved. */
  readonly #places = new Turns();
  #isStopping = false;

  /** Whether what should run of it is on disk. */
  isSaved: boolean;

  constructor(desired: Desired, deps: KeptAppDeps, { isSaved, fault }: Found) {
    this.#desired = desired;
    this.#deps = deps;
    this.#fault = fault;
    this.isSaved = isSaved;
    const { log, state } = deps;
    this.#restarts = new AppRestarts({ log, state, restart: (...why) => this.#restartBecause(...why) });
  }

  get desired(): Desired {
    return this.#desired;
  }

  get spec(): AppSpec {
    return this.#desired.spec;
  }

  /** Where it listens while it is to run. */
  get front(): Front {
    return this.#desired.stopped ? { kind: "none" } : this.spec.front;
  }

  /** Whether apps that are to be started after it need not wait: it is ready, has finished, or was stopped. */
  get isReady(): boolean {
    if (this.#desired.stopped) return true;
    const active = this.#run?.supervisor.members.filter(({ role }) => role === "active");
    return active?.every(({ state, hasFinished }) => state === "ready" || hasFinished) ?? false;
  }

  get status(): AppStatus {
    const { spec, stopped } = this.#desired;
    const { name, command, cwd, front, clones } = spec;
    const { nextTime } = this.#restarts;
    const status = this.#run?.supervisor.status();
    const { error, dropped } = this.#deps.writer.state;
    const faults = [
      ...[this.#fault, this.#portFault, this.#frontFault],
      error && `${dropped} lines of output were dropped: ${error}`,
      ...this.#restarts.faults,
    ];
    return {
      name,
      command,
      cwd,
      wanted: stopped ? "stopped" : "running",
      front: hasPort(front) ? front.kind : "none",
      ...(hasPort(front) && { address: addressOf(front) }),
      clones,
      ready: status?.ready ?? 0,
      restarts: status?.restarts ?? 0,
      crashes: status?.crashes ?? 0,
      members: status?.members.map(({ in_flight: _, ...member }) => member) ?? [],
      ...(spec.watch !== undefined && { watches: spec.watch.paths }),
      ...(this.#wait.names.length > 0 && { waits_for: this.#wait.names }),
      ...(nextTime !== undefined && { next_time: nextTime / 1000 }),
      faults: faults.filter((each) => each !== undefined),
    };
  }

  /** The descriptor of its listening socket. */
  get descriptors(): readonly number[] {
    return this.#run?.place.descriptors ?? [];
  }

  get crashes(): readonly CrashRecord[] {
    return this.#run?.supervisor.crashes() ?? [];
  }

  /** What the gateway cannot do for it. */
  get #frontFault(): string | undefined {
    const front = this.#run?.place.front;
    if (front?.listens === undefined) return front?.fault;
    return `its server accepts connections itself, so requests fail with their clone: ${front.listens}`;
  }

  /**
   * Takes over the processes that an earlier keeper has started, and starts those that are missing.
   * @param gateways - processes that may have its listening socket, too
   */
  resume(marked: readonly MarkedProcess[] = [], gateways: readonly ProcessIdentity[] = []): Promise<void> {
    return this.#take(async () => {
      const { spec, stopped } = this.#desired;
      this.#restarts.follow(this.#desired);
      const running = this.#deps.clones.running(marked, spec.killTimeout);
      const { clones: found, port } = running;
      if (stopped && found.length === 0) return;
      const opened = await this.#openAgain(port, [...gateways, ...found]);
      if (opened === "failed" && found.length === 0) return this.#resumeLater();
      const run = this.#create(spec, opened === "failed" ? undefined : opened);
      this.#deps.clones.takeOver(run.supervisor, spec, running, (starter, { key, port: own }) => {
        if (own !== undefined) this.#deps.ports.keep(key, own);
        return this.#announced(starter, run.place);
      });
      // Not awaited: other apps are taken over first.
      if (stopped) void this.#turns.take(() => this.#bringDown());
      else if (found.length === 0 && running.over?.length === 0) void this.#turns.take(() => this.#startInOrder(run));
      else {
        run.supervisor.start();
        const outdated = found.filter(({ version }) => version !== versionOf(spec)).map(({ id }) => id);
        void this.#turns.take(() => this.#settle(run, outdated));
      }
    });
  }

  /** Opens its port after a change of keepers. If that fails, the reason is a fault of the app. */
  async #openAgain(
    known: KnownPort | undefined,
    holders: readonly ProcessIdentity[],
  ): Promise<Port | undefined | "failed"> {
    this.#portFault = undefined;
    try {
      return await openPort(this.spec.front, known, holders);
    } catch (error) {
      this.#portFault = (error as Error).message;
      this.#deps.log.error(`the port cannot be opened: ${this.#portFault}`);
      return "failed";
    }
  }

  #resumeLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#run === undefined && !this.#desired.stopped) void this.resume();
    }, PORT_RETRY);
  }

  /** Whether it runs, and all its clones are ready. */
  get isUp(): boolean {
    return this.#run !== undefined && this.isReady;
  }

  /** Whether a rollout is in progress or waits for its turn. */
  get isRollingOut(): boolean {
    return !this.#rollouts.isEmpty;
  }

  /** What was started of it, oldest first. */
  versions(): Promise<readonly Version[]> {
    return this.#deps.history.versions(this);
  }

  /**
   * Changes what runs to this description, by default the present one, and starts it. If new clones do not start, the old
   * ones stay, or are started again if they must not overlap; a stopped app is retried.
   * @throws UNAVAILABLE with the reason; BUSY if it was overtaken by a later change
   */
  async start(spec?: AppSpec): Promise<void> {
    await this.rollOut(spec, (change) => change(spec ?? this.spec));
  }

  /**
   * Calls `act` when the turn of this rollout has come, with what changes the app to a description.
   * @param wanted - that description, if it is known before
   * @throws as `start`
   */
  rollOut<T>(
    wanted: AppSpec | undefined,
    act: (change: (spec: AppSpec) => Promise<Version>) => Promise<T>,
  ): Promise<T> {
    return this.#rollouts.run(
      wanted,
      (whenDue) => this.#take(whenDue),
      () => act((spec) => this.#deps.history.record(this, spec, () => this.#change(spec))),
    );
  }

  async #change(spec: AppSpec): Promise<void> {
    const run = this.#run;
    if (run === undefined) return this.#bringUp(spec);
    if (versionOf(run.spec) !== versionOf(spec)) return this.#replace(run, spec);
    const same = { ...spec, front: run.spec.front };
    await this.#save({ spec: same, stopped: false });
    run.spec = same;
    await run.supervisor.scale(spec.clones);
    await allServe(run);
  }

  /**
   * Stops it, and ends a start or restart that is in progress. It is stopped even if that cannot be saved.
   * @throws the error of saving
   */
  stop(): Promise<void> {
    this.#interrupt();
    return this.#take(async () => {
      const desired = { spec: this.spec, stopped: true };
      const failure = await this.#save(desired).catch((error: unknown) => error);
      this.#desired = desired;
      this.#restarts.follow(desired);
      await this.#bringDown();
      if (failure !== undefined) throw failure;
    });
  }

  /** Stops it for good; `forget` removes what is stored of it. Whatever else was to be done is refused. */
  remove(forget: () => Promise<void>): Promise<void> {
    this.#interrupt();
    return this.#take(async () => {
      await this.#bringDown();
      this.#deps.clones.forget();
      await forget();
      this.#isClosed = true;
      this.#restarts.close();
      await this.#deps.writer.close();
    });
  }

  /** It was removed, or the keeper ends. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Replaces all clones one after the other, or one. @throws NOT_FOUND, UNAVAILABLE if a clone does not start */
  restart(id?: string): Promise<void> {
    return this.#take(async () => {
      const run = this.#run;
      if (run !== undefined) {
        await run.supervisor.restart(id);
        if (id === undefined) await allServe(run); // also those that had finished
        return;
      }
      if (id !== undefined) throw new XsysError("UNAVAILABLE", `${this.spec.name} is stopped`);
      await this.#bringUp(this.spec);
    });
  }

  /** Does nothing if it was stopped or is not running any more. */
  async #restartBecause(cause: string, { keepsJobs = false } = {}): Promise<void> {
    const { log, writer } = this.#deps;
    try {
      await this.#take(async () => {
        const run = this.#run;
        if (this.#desired.stopped || run === undefined) return;
        const { supervisor, spec } = run;
        const isJob = keepsJobs && !spec.autorestart;
        if (isJob && supervisor.members.every(({ isOver }) => !isOver)) {
          writer.note(`not started again (${cause}): the last run goes on`);
          return;
        }
        writer.note(`${isJob ? "start" : "restart"}: ${cause}`);
        log.info(`${this.spec.name} is ${isJob ? "started" : "restarted"}: ${cause}`);
        if (!isJob) await supervisor.restart();
        await allServe(run);
      });
    } catch (error) {
      if (this.#isClosed) return;
      writer.note(`the restart failed: ${(error as Error).message}`);
      log.warn({ err: error }, `the restart of ${this.spec.name} failed`);
    }
  }

  /** @throws UNAVAILABLE if a new clone does not start: it is retried */
  scale(clones: number): Promise<void> {
    return this.#take(async () => {
      const spec = { ...this.spec, clones };
      await this.#save({ spec, stopped: this.#desired.stopped });
      if (this.#run === undefined) return;
      this.#run.spec = spec;
      await this.#run.supervisor.scale(clones);
    });
  }

  /** Waits for changes in progress, and begins no others. The clones go on, and are supervised. */
  pause(): Promise<void> {
    this.#wait.cancel(); // the next keeper goes on with it
    this.#restarts.close();
    return this.#turns.stop();
  }

  /** Stops its clones. What should run is unchanged. */
  end(): Promise<void> {
    this.#restarts.close();
    this.#interrupt();
    return this.#take(async () => {
      this.#isClosed = true;
      await this.#bringDown();
    });
  }

  /** @throws UNAVAILABLE after it was removed */
  #take<T>(act: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (this.#isClosed) throw new XsysError("UNAVAILABLE", `${this.spec.name} is not kept any more`);
      return act();
    });
  }

  /** Starts the clones when the apps before it are ready. Returns whether they were started. */
  async #startInOrder({ spec, supervisor }: Run): Promise<boolean> {
    const { notReady, writer, log } = this.#deps;
    const others = () => notReady(spec.after ?? []);
    const outcome = await this.#wait.until(others);
    if (outcome === "cancelled") return false;
    if (outcome === "late") {
      const late = `started although ${others().join(", ")} was not ready within ${LONGEST_WAIT / 1_000} s`;
      writer.note(late);
      log.warn(late);
    }
    supervisor.start();
    return true;
  }

  #interrupt(): void {
    this.#isStopping = true;
    this.#wait.cancel();
    void this.#run?.supervisor.stop();
  }

  /**
   * A server of the clone with this key wants to listen. Opens the port, if the app may have it, and a place behind the
   * gateway. Resolves to where the clone connects to the gateway, and to what identifies the listening socket.
   * @throws NOT_FOUND for a key that is none of the app's; BUSY if the port is in use
   */
  listens(key: string, host: string, port: number): Promise<{ readonly socket: string; readonly inode: string }> {
    return this.#places.take(async () => {
      const run = [...this.#runs].find(({ supervisor }) => hasProcess(supervisor, key));
      if (run === undefined || describedFront(run.spec.front).kind !== "auto") {
        throw new XsysError("NOT_FOUND", `${this.spec.name} has no process with this key that may listen`);
      }
      const front: PortFront = { kind: "frames", host, port, isLearned: true };
      const { place } = run;
      const isKnown = place.front !== undefined && hasPort(run.spec.front) && isSameFront(run.spec.front, front);
      if (!isKnown) await this.#learn(run, front);
      return { socket: place.front?.socket ?? "", inode: place.port?.inode ?? "" };
    });
  }

  async #learn(run: Run, front: PortFront): Promise<void> {
    const spec = { ...run.spec, front };
    const others = [...this.#runs].filter((other) => other !== run);
    const isShared = others.some(({ place }) => place.front === run.place.front);
    const known = [run, ...others].map(({ place }) => place).find((place) => place.hasFrames(front));
    if (known?.port !== undefined && known.front !== undefined) {
      if (known !== run.place) run.place.move(known.port, known.front, isShared);
    } else {
      this.#deps.refuseConflict(front);
      const port = await openPort(front);
      if (port !== undefined) run.place.move(port, openFront(spec, port, this.#deps.fronts), isShared);
    }
    run.spec = spec;
    if (run !== this.#run) return;
    this.#use(run);
    // A description that is not saved yet is saved when it has started.
    if (versionOf(spec) === versionOf(this.spec)) await this.#save({ ...this.#desired, spec: { ...this.spec, front } });
  }

  async #save(desired: Desired): Promise<void> {
    await this.#deps.save(desired);
    this.#desired = desired;
    this.#restarts.follow(desired);
    this.isSaved = true;
  }

  /** @throws BUSY if its port is in use: then nothing is saved */
  async #bringUp(spec: AppSpec): Promise<void> {
    const port = await openPort(spec.front);
    try {
      await this.#save({ spec, stopped: false });
    } catch (error) {
      port?.close();
      throw error;
    }
    this.#portFault = undefined;
    const run = this.#createOrClose(spec, port);
    if (!(await this.#startInOrder(run))) throw new XsysError("UNAVAILABLE", `${spec.name} was not started`);
    await allServe(run);
  }

  async #bringDown(): Promise<void> {
    clearTimeout(this.#retry);
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    run.place.front?.pause();
    await this.#dispose(run);
    run.place.close();
    this.#deps.clones.port = undefined;
  }

  /**
   * Puts other clones in the place of those that run. What should run is saved when they have started: a keeper that is
   * killed before leaves the old ones, or their description.
   */
  async #replace(old: Run, spec: AppSpec): Promise<void> {
    const overlap = old.place.port !== undefined && spec.front.kind !== "none";
    if (!overlap) await old.supervisor.stop();
    try {
      const port = isSameFront(old.spec.front, spec.front) ? old.place.port : await openPort(spec.front);
      const next = this.#create(spec, port, old);
      next.supervisor.start({ isReplacement: overlap });
      await allServe(next, overlap);
      await this.#save({ spec: next.spec, stopped: false });
    } catch (error) {
      const failed = this.#run;
      await this.#undo(old, { overlap });
      if (failed !== old) failed?.place.close(old.place);
      throw error;
    }
    if (old.place.front !== this.#run?.place.front) await old.place.front?.drain();
    await this.#dispose(old);
    old.place.close(this.#run?.place);
  }

  /** Ends the new clones, and lets the old ones be what runs; starts them again if they were stopped. */
  async #undo(old: Run, { overlap }: { readonly overlap: boolean }): Promise<void> {
    const failed = this.#run;
    if (failed !== undefined && failed !== old) await this.#dispose(failed, true);
    if (overlap) this.#use(old);
    else {
      this.#deps.clones.exclude(old.supervisor);
      this.#create(old.spec, old.place.port, old).supervisor.start();
    }
  }

  /** Replaces clones with another description, and stops those above the wanted number, after a change of keepers. */
  async #settle({ supervisor, spec }: Run, outdated: readonly string[]): Promise<void> {
    try {
      if (supervisor.members.length > spec.clones + spec.standbys) await supervisor.scale(spec.clones);
      const ids = supervisor.members.map(({ id }) => id);
      for (const id of outdated) if (ids.includes(id)) await supervisor.restart(id);
    } catch (error) {
      this.#deps.log.error({ err: error }, "the clones of the last keeper could not all be replaced");
    }
  }

  /** @throws INVALID_PARAMS if it cannot be behind the gateway; then its port is closed */
  #createOrClose(spec: AppSpec, port: Port | undefined): Run {
    try {
      return this.#create(spec, port);
    } catch (error) {
      port?.close();
      throw error;
    }
  }

  /** @param old - what runs, if its place behind the gateway is to be used again */
  #create(spec: AppSpec, port: Port | undefined, old?: Run): Run {
    const { clones, log, state, keeper, preload, fronts, ports } = this.#deps;
    const place = AppPlace.of(spec, port, fronts, old);
    this.#isStopping = false;
    const isStopping = () => this.#isStopping;
    const options = cloneOptions(spec, {
      ...{ state, keeper, preload, ports },
      get descriptors() {
        return place.descriptors;
      },
      get gateway() {
        return place.front?.socket;
      },
      get isStopping() {
        return isStopping();
      },
    });
    const supervisor = new Supervisor(options, {
      log,
      starter: this.#announced(clones.starter(spec, options), place),
      onChange: () => {
        clones.save();
        place.front?.changed();
      },
    });
    clones.include(supervisor);
    place.attach(supervisor);
    const run = { spec, supervisor, place };
    this.#runs.add(run);
    this.#use(run);
    return run;
  }

  #announced(starter: Starter, { front }: AppPlace): Starter {
    return front?.options.isProxied ? announcedStarter(starter, front, this.#deps.ports) : starter;
  }

  #use(run: Run): void {
    const { spec, place } = run;
    const { port } = place;
    this.#run = run;
    this.#deps.clones.port = port && { front: spec.front, descriptor: port.descriptor, inode: port.inode };
  }

  async #dispose(run: Run, force = false): Promise<void> {
    const { supervisor, place } = run;
    await supervisor.stop(force);
    place.detach();
    this.#runs.delete(run);
    this.#deps.clones.exclude(supervisor);
  }
}

/**
 * Resolves when all clones have run for as long as they must to count as started.
 * @param wasChecked - they become ready only after that time
 * @throws UNAVAILABLE if one does not start: it is retried
 */
async function allServe({ supervisor, spec, place }: Run, wasChecked = false): Promise<void> {
  const begin = supervisor.members.map((member) => member.revive());
  await Promise.all(begin);
  if (wasChecked || place.front === undefined) return;
  const running = supervisor.members.filter(({ hasFinished }) => !hasFinished);
  await Promise.all(running.map((member) => member.served(spec.stableFor)));
}

function addressOf({ host, port }: PortFront): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function hasProcess({ members }: Supervisor, key: string): boolean {
  return members.some(({ processes }) => processes.some((process) => process.key === key));
}
