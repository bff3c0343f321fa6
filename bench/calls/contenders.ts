import { findPackageJSON } from "node:module";
import type { Contender } from "./contender.ts";

interface Entry {
  /** The package that it needs, which may not be installed. */
  readonly needs?: string;
  readonly load: () => Promise<{ default: Contender }>;
}

/** All contenders by name. Each is only imported in its own processes. */
const CONTENDERS: Readonly<Record<string, Entry>> = {
  xsys: { load: () => import("./xsys.ts") },
  "raw echo": { load: () => import("./raw-echo.ts") },
  child_process: { load: () => import("./child-process.ts") },
  "node-ipc": { needs: "node-ipc", load: () => import("./node-ipc.ts") },
  "vscode-jsonrpc": { needs: "vscode-jsonrpc", load: () => import("./vscode-jsonrpc.ts") },
  "gRPC over UDS": { needs: "@grpc/grpc-js", load: () => import("./grpc.ts") },
  "xsys stream": { load: () => import("./xsys-stream.ts") },
  "raw stream": { load: () => import("./raw-stream.ts") },
  "base64 in JSON": { load: () => import("./base64-json.ts") },
};

export async function loadContender(name: string): Promise<Contender> {
  const { default: contender } = await entry(name).load();
  return contender;
}

export function isAbsent(name: string): boolean {
  const { needs } = entry(name);
  if (needs === undefined) return false;
  try {
    return findPackageJSON(needs, import.meta.url) === undefined;
  } catch {
    return true; // it throws when the package's folder does not exist
  }
}

function entry(name: string): Entry {
  const found = CONTENDERS[name];
  if (found === undefined) throw new Error(`unknown contender "${name}"`);
  return found;
}
