import { XsysError } from "../../protocol/errors.ts";
import type { Front } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";
import { mustBe, wholeNumber } from "./quantities.ts";

/** As for `xsys server start`: other machines reach an app only if that was asked for. */
const DEFAULT_HOST = "127.0.0.1";

type Definition = Pick<AppDefinition, "front" | "host" | "port" | "uid">;

/**
 * @param isNode - whether the app runs on Node, which can take its requests from the gateway
 * @throws INVALID_PARAMS
 */
export function frontOf(definition: Definition, isNode: boolean): Front {
  const { front, host, port } = definition;
  switch (front ?? defaultFront(definition, isNode)) {
    case "auto":
      if (host === undefined) return { kind: "auto" };
      throw invalid("host needs a port");
    case "none":
      if (port === undefined && host === undefined) return { kind: "none" };
      throw invalid(
        port === undefined
          ? "host needs a port"
          : "port is only used with a front; an app without one reads its own port, for example from env.PORT",
      );
    case "socket":
      return { kind: "socket", ...placeOf(definition, "socket") };
    case "proxy":
      return { kind: "proxy", ...placeOf(definition, "proxy") };
    case "frames":
      if (port === undefined && isNode && isOwn(definition)) return { kind: "auto" };
      if (!isNode)
        throw invalid("front frames is for apps that run on Node; others can have the front proxy or socket");
      if (!isOwn(definition))
        throw invalid("front frames is for apps of the keeper's own user: leave out uid, or use proxy or socket");
      return { kind: "frames", ...placeOf(definition, "frames") };
    default:
      throw mustBe("front", "none, socket, frames or proxy", front);
  }
}

function defaultFront(definition: Definition, isNode: boolean): NonNullable<Definition["front"]> | "auto" {
  if (definition.port === undefined) return isNode && isOwn(definition) ? "auto" : "none";
  return isNode && isOwn(definition) ? "frames" : "socket";
}

/** Another user can read neither the file that makes a worker of the app, nor the socket of the gateway. */
function isOwn({ uid }: Definition): boolean {
  return uid === undefined || String(uid) === String(process.getuid?.());
}

function placeOf({ host = DEFAULT_HOST, port }: Definition, front: string): { host: string; port: number } {
  if (port === undefined) throw invalid(`front ${front} needs a port`);
  return { host: hostOf(host), port: wholeNumber("port", port, 1, 65_535) };
}

function hostOf(host: string): string {
  if (/^[\w.:%-]{1,253}$/.test(host)) return host;
  throw mustBe("host", "an address or a name", host);
}

function invalid(message: string): XsysError {
  return new XsysError("INVALID_PARAMS", message);
}
