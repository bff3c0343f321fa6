import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach } from "vitest";
import type { ClusterOptions } from "../../../internal/cluster/options.ts";
import { Supervisor } from "../../../internal/cluster/supervisor.ts";
import type { Loss } from "../../../internal/workers/loss.ts";
import { FrameWriter } from "../../../protocol/wire/frame.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { Channel } from "./channel.ts";
import { Happenings } from "./happenings.ts";
import { AMPLE } from "./options.ts";

export interface LogRecord {
  readonly level: number;
  readonly msg: string;
  readonly worker?: string;
}

/** A supervisor, and the socket that its workers connect to. */
export class Scene {
  readonly supervisor: Supervisor;
  readonly log = new Happenings<LogRecord>();
  readonly lines = new Happenings<string>();
  /** Workers that registered and were adopted. */
  readonly channels = new Happenings<Channel>();
  /** Workers that registered but do not belong to the supervisor. */
  readonly strangers = new Happenings<Channel>();

  /** The causes of lost workers, as reported to the pool. */
  readonly losses = new Happenings<Loss>();
  /** The reasons reported when all workers were abandoned. */
  readonly givenUp: string[] = [];

  readonly #socket: string;
  readonly #peers: Socket[] = [];

  constructor(options: Partial<ClusterOptions> & Pick<ClusterOptions, "command" | "cwd">, server: Server) {
    this.#socket = String(server.address());
    const log = pino({ base: null, level: "debug" }, { write: (line: string) => this.log.add(JSON.parse(line)) });
    this.supervisor = new Supervisor(
      { ...AMPLE, ...options },
      {
        log,
        onWorkerLine: (id, stream, line, isRepeat) =>
          this.lines.add(`${isRepeat ? "repeat " : ""}${id} ${stream} ${line}`),
        onGivenUp: (why) => this.givenUp.push(why),
      },
    );
    server.on("connection", (socket: Socket) => {
      new Channel(socket, (channel) => {
        const whyLost = this.supervisor.adopt(channel);
        (whyLost === undefined ? this.strangers : this.channels).add(channel);
        void whyLost?.then((loss) => this.losses.add(loss));
      });
    });
  }

  said(words: string | RegExp): Promise<LogRecord> {
    return this.log.next(({ msg }) => msg.match(words) !== null);
  }

  printed(words: string | RegExp): Promise<string> {
    return this.lines.next((line) => line.match(words) !== null);
  }

  /** Registers a worker with this id, as any process can. */
  register(id: string): void {
    const peer = connect(this.#socket);
    new FrameWriter(peer).json(encodeMessage("RegisterWorker", { id }));
    this.#peers.push(peer);
  }

  async end(): Promise<void> {
    for (const peer of this.#peers) peer.destroy();
    await this.supervisor.stop(true);
  }

  /** The states of the members, in order. */
  get states(): string[] {
    return this.supervisor.status().members.map(({ state }) => state);
  }

  member(id: string) {
    const member = this.supervisor.status().members.find((each) => each.id === id);
    if (member === undefined) throw new Error(`there is no member ${id}`);
    return member;
  }
}

/** Starts supervisors in the test's temporary directory. They and their workers end with the test. */
export function useScenes() {
  const sandbox = useSandbox();
  const scenes: Scene[] = [];
  let server: Server;
  beforeEach(async () => {
    server = createServer().listen(sandbox.path("socket"));
    await once(server, "listening");
  });
  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((scene) => scene.end()));
    server.close();
  });
  return {
    sandbox,
    start(command: ClusterOptions["command"], options: Partial<ClusterOptions> = {}): Scene {
      const env = { XYPRISS_IPC_PATH: sandbox.path("socket"), ...options.env };
      const scene = new Scene({ ...options, command, cwd: options.cwd ?? sandbox.root, env }, server);
      scenes.push(scene);
      scene.supervisor.start();
      return scene;
    },
  };
}
