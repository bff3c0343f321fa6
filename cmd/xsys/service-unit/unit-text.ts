import { HARDENED, HARDENED_BY_ROOT } from "./hardening.ts";
import { quoted, unexpanded } from "./quoted.ts";

export interface UnitOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Where the service listens, as the command says; or one of systemd's own places, which the command does not say. */
  readonly socket: string | { readonly specifier: string };
  /** The service's current folder. */
  readonly folder: string;
  /** Folders that it writes to. */
  readonly writes: readonly string[];
  /** Milliseconds that what is in flight has to finish at the end. */
  readonly drainTimeout: number;
  /** Of HTTP. */
  readonly port?: number | undefined;
  /** Who it runs as, in a unit of the machine's; undefined in one of a user's. */
  readonly user: string | undefined;
}

type Settings = Readonly<Record<string, string>>;

/** Milliseconds beyond what is in flight, after which systemd kills what is left. */
const GRACE = 15_000;

/** The service's unit: systemd.service(5). */
export function serviceText(unit: UnitOptions): string {
  const { command, socket, folder, drainTimeout, user } = unit;
  const listening = typeof socket === "string" ? "" : ` --socket ${socket.specifier}`;
  return text({
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
      RuntimeDirectoryPreserve: "yes", // the socket unit's socket lies in it, too
      CacheDirectory: "xsys",
      CacheDirectoryMode: "0700",
      Environment: "XDG_CACHE_HOME=%C",
      ...HARDENED,
      ...(user !== undefined && ofTheMachine(unit, user)),
    },
    Install: { WantedBy: user === undefined ? "default.target" : "multi-user.target" },
  });
}

/** The unit of its socket: systemd.socket(5). */
export function socketText({ socket, user }: UnitOptions): string {
  return text({
    Unit: { Description: "Socket of xsys, the system-services engine" },
    Socket: {
      ListenStream: typeof socket === "string" ? unexpanded(socket) : socket.specifier,
      SocketMode: "0600",
      DirectoryMode: user === undefined ? "0700" : "0755", // the folder is root's until the service starts
      ...(user !== undefined && { SocketUser: unexpanded(user) }),
    },
    Install: { WantedBy: "sockets.target" },
  });
}

/** All but what it writes to is read-only. Nobody but root has a capability, unless it takes one to have the port. */
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

function text(sections: Readonly<Record<string, Settings>>): string {
  const blocks = Object.entries(sections).map(([name, settings]) => {
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    return `[${name}]\n${lines.join("\n")}\n`;
  });
  return blocks.join("\n");
}
