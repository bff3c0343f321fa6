import { realpathSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import type { WorkerIdentity } from "../worker/join.ts";
import { FIRST_DESCRIPTOR, hasListeningSocket } from "./socket-front.ts";

/** What a worker process knows of the gateway that its service has started it for. */
export interface Surroundings {
  /** The service's socket, to which a worker connects; that of the keeper if the keeper tells where to connect. */
  readonly socket: string;
  /** Name of the app for which the keeper opens the port that its first HTTP server asks for. */
  readonly app: string | undefined;
  /** Port of the gateway; undefined if the service does not tell it. */
  readonly port: number | undefined;
  /** Whether clients use HTTPS. */
  readonly isTls: boolean;
  /**
   * What the application listens on where that is not the gateway's port: another port, a path, or `any` for whatever its
   * first HTTP server listens on.
   */
  readonly appPort: string | undefined;
  /** How it registers. */
  readonly identity: WorkerIdentity;
  /** The worker goes on when its gateway has ended, and connects to the next one. */
  readonly outlives: boolean;
  /** Descriptor of the gateway's listening socket, for a server whose requests cannot come from the gateway. */
  readonly descriptor: number | undefined;
}

/** Set to the process id of the application, in whose children the preload does nothing. */
const MARK = "XSYS_PRELOADED";

/**
 * Programs that run the application in a child process. NODE_OPTIONS apply to them as well: `npm start` is a Node that
 * runs npm.
 */
const LAUNCHER =
  /[\\/](?:npm-cli|npx-cli|pnpm|pnpx|yarn(?:-[\d.]+)?|corepack)\.[cm]?js$|[\\/]node_modules[\\/](?:tsx|cross-env|dotenv-cli|env-cmd|nodemon)[\\/](?!.*[\\/]node_modules[\\/])/;

/**
 * The surroundings of the main thread of a worker's main process, which is marked by this call; undefined in any other
 * thread or process.
 */
export function takeSurroundings(): Surroundings | undefined {
  const { XSYS_GATEWAY: url, XSYS_APP_PORT: appPort, [MARK]: marked } = process.env;
  const place = placeOf(process.env);
  if (place === undefined || !isMainThread) return undefined;
  if (marked !== undefined && marked !== String(process.pid)) return undefined;
  if (isLauncher(process.argv[1])) return undefined;
  process.env[MARK] = String(process.pid);
  return { ...place, ...gatewayOf(url), appPort: appPort || undefined };
}

/** Behind the gateway of the keeper of apps, or of `xsys server start`. */
function placeOf(env: NodeJS.ProcessEnv): Omit<Surroundings, "port" | "isTls" | "appPort"> | undefined {
  const { XSYS_FRONT_SOCKET: front, XSYS_FRONT_KEEPER: keeper } = env;
  const { XSYS_APP: app, XSYS_CLONE_ID: clone, XSYS_CLONE_KEY: cloneKey } = env;
  const place = front || keeper;
  if (place && clone !== undefined && cloneKey !== undefined) {
    const descriptor = hasListeningSocket(env) ? FIRST_DESCRIPTOR : undefined;
    const own = { identity: { id: clone, key: cloneKey }, outlives: true, descriptor };
    return { ...own, socket: place, app: front ? undefined : app };
  }
  const { XYPRISS_IPC_PATH: socket, XYPRISS_WORKER_ID: id, XSYS_WORKER_KEY: key } = env;
  if (!socket || id === undefined || key === undefined) return undefined;
  return { socket, app: undefined, identity: { id, key }, outlives: false, descriptor: undefined };
}

function isLauncher(script: string | undefined): boolean {
  if (script === undefined) return false;
  try {
    return LAUNCHER.test(realpathSync(script));
  } catch {
    return false;
  }
}

/** From a URL such as `https://0.0.0.0:8443`. */
function gatewayOf(url: string | undefined): Pick<Surroundings, "port" | "isTls"> {
  const [, scheme, port] = /^(https?):\/\/.*:(\d+)$/.exec(url ?? "") ?? [];
  return { port: port === undefined ? undefined : Number(port), isTls: scheme === "https" };
}
