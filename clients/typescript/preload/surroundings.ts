import { realpathSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** What a worker process knows of the gateway that its service has started it for. */
export interface Surroundings {
  /** The service's socket, to which a worker connects. */
  readonly socket: string;
  /** Port of the gateway; undefined if the service does not tell it. */
  readonly port: number | undefined;
  /** Whether clients use HTTPS. */
  readonly isTls: boolean;
  /**
   * What the application listens on where that is not the gateway's port: another port, a path, or `any` for whatever its
   * first HTTP server listens on.
   */
  readonly appPort: string | undefined;
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
  const { XYPRISS_IPC_PATH: socket, XYPRISS_WORKER_ID: id, XSYS_WORKER_KEY: key, [MARK]: marked } = process.env;
  if (!socket || id === undefined || key === undefined || !isMainThread) return undefined;
  if (marked !== undefined && marked !== String(process.pid)) return undefined;
  if (isLauncher(process.argv[1])) return undefined;
  process.env[MARK] = String(process.pid);
  return { socket, ...gatewayOf(process.env.XSYS_GATEWAY), appPort: process.env.XSYS_APP_PORT || undefined };
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
