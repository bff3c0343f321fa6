import { quoted, type Settings, unexpanded, unitText } from "../../../internal/base/unit-file.ts";
import { HARDENED, HARDENED_BY_ROOT } from "./hardening.ts";

export interface UnitOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Socket path given in the command, or a path with a systemd specifier that is added to the command. */
  readonly socket: string | { readonly specifier: string };
  /** Working directory of the service. */
  readonly folder: string;
  /** Directories that the service writes to. */
  readonly writes: readonly string[];
  /** Milliseconds for calls in progress to finish when the service stops. */
  readonly drainTimeout: number;
  /** HTTP port. */
  readonly port?: number | undefined;
  /** User of the service in a system unit; undefined in a user unit. */
  readonly user: string | undefined;
}

/** Milliseconds after the drain timeout before systemd kills the remaining processes. */
const GRACE = 15_000;

/** The service unit: systemd.service(5). */
export function serviceText(unit: UnitOptions): string {
  const { command, socket, folder, drainTimeout, user } = unit;
  const listening = typeof socket === "string" ? "" : ` --socket ${socket.specifier}`;
  return unitText({
    Unit: { Description: "xsys, the system-services engine", After: "network.target" },
    Service: {
      Type: "exec",
      ExecStart: quoted(command) + listening,
      WorkingDirectory: unexpanded(folder),
      ...(user !== undefined && { User: unexpanded(user) }),
      Restart: "on-failure",
      KillMode: "mixed", // the service ends its workers itself
      TimeoutStopSec: String(Math.ceil((drainTimeout + GRACE) / 1000)),
      RuntimeDirectory: "xsys",
      RuntimeDirectoryMode: "0700",
      RuntimeDirectoryPreserve: "yes", // it also contains the socket of the socket unit
      CacheDirectory: "xsys",
      CacheDirectoryMode: "0700",
      Environment: "XDG_CACHE_HOME=%C",
      ...HARDENED,
      ...(user !== undefined && ofTheMachine(unit, user)),
    },
    Install: { WantedBy: user === undefined ? "default.target" : "multi-user.target" },
  });
}

/** The socket unit: systemd.socket(5). */
export function socketText({ socket, user }: UnitOptions): string {
  return unitText({
    Unit: { Description: "Socket of xsys, the system-services engine" },
    Socket: {
      ListenStream: typeof socket === "string" ? unexpanded(socket) : socket.specifier,
      SocketMode: "0600",
      DirectoryMode: user === undefined ? "0700" : "0755", // the directory belongs to root until the service starts
      ...(user !== undefined && { SocketUser: unexpanded(user) }),
    },
    Install: { WantedBy: "sockets.target" },
  });
}

/** Everything is read-only except `writes`. Users other than root get only the capability for a port below 1024. */
function ofTheMachine({ writes, port = 0 }: UnitOptions, user: string): Settings {
  const bindsLow = port > 0 && port < 1024 && user !== "root";
  const capability = bindsLow ? "CAP_NET_BIND_SERVICE" : "";
  const folders = [...new Set(writes)].map((folder) => `-${folder}`);
  return {
    ...HARDENED_BY_ROOT,
    ReadWritePaths: quoted(folders),
    ...(user !== "root" && { CapabilityBoundingSet: capability }),
    ...(bindsLow && { AmbientCapabilities: capability }),
  };
}
