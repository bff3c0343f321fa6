/** Options that every command accepts, before or after its own words. */
export interface Globals {
  root: string | undefined;
  confine: boolean;
  /** Run in a service: true for its default socket, or the path of its socket. */
  connect: true | string | undefined;
  json: boolean;
  verbose: boolean;
  quiet: boolean;
  help: boolean;
  version: boolean;
  /** Whether XyPriss's client wrote the command line. */
  signed: boolean;
}

type Kind = "flag" | "text" | "ignored text" | "optional socket";

export const GLOBAL_OPTIONS: Readonly<
  Record<string, { readonly kind: Kind; readonly summary: string; readonly placeholder?: string }>
> = {
  root: {
    kind: "text",
    placeholder: "DIRECTORY",
    summary: "Directory against which relative paths are resolved; by default the current one.",
  },
  confine: { kind: "flag", summary: "Allow access only inside the root; symbolic links are resolved first." },
  connect: {
    kind: "optional socket",
    placeholder: "[SOCKET]",
    summary:
      "Run the command in a running service, on its default socket or on SOCKET. If SOCKET contains no slash, write " +
      "it as `--connect=SOCKET`.",
  },
  json: { kind: "flag", summary: "Print the result as one line of ASCII JSON." },
  verbose: { kind: "flag", summary: "Show details of errors." },
  quiet: { kind: "flag", summary: "Do not show the progress of long commands." },
  signature: {
    kind: "ignored text",
    summary: "Signature of XyPriss's client; arguments are then read as that client writes them.",
  },
  help: { kind: "flag", summary: "Show help." },
  version: { kind: "flag", summary: "Show the version." },
};

export function noGlobals(): Globals {
  return {
    root: undefined,
    confine: false,
    connect: undefined,
    json: false,
    verbose: false,
    quiet: false,
    help: false,
    version: false,
    signed: false,
  };
}
