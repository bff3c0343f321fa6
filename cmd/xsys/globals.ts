/** Options that every command takes, before or after its own words. */
export interface Globals {
  root: string | undefined;
  confine: boolean;
  /** Run through a service: on its default socket, or on this one. */
  connect: true | string | undefined;
  json: boolean;
  verbose: boolean;
  quiet: boolean;
  help: boolean;
  version: boolean;
  /** XyPriss's client wrote the command line. */
  signed: boolean;
}

type Kind = "flag" | "text" | "ignored text" | "optional socket";

export const GLOBAL_OPTIONS: Readonly<Record<string, { readonly kind: Kind; readonly summary: string }>> = {
  root: { kind: "text", summary: "Folder that relative paths are taken from; the current one by default." },
  confine: { kind: "flag", summary: "Touch nothing outside the root; symbolic links are resolved first." },
  connect: {
    kind: "optional socket",
    summary: "Run through a running service, on its default socket or the given one.",
  },
  json: { kind: "flag", summary: "Answer as one line of ASCII JSON." },
  verbose: { kind: "flag", summary: "Tell more about an error." },
  quiet: { kind: "flag", summary: "Show no progress." },
  signature: { kind: "ignored text", summary: "Of XyPriss's client, whose words are then taken as it writes them." },
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
