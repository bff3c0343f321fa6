import { XsysError } from "../../protocol/errors.ts";
import type { Front } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";
import { mustBe, wholeNumber } from "./quantities.ts";

/** As for `xsys server start`: other machines reach an app only if that was asked for. */
const DEFAULT_HOST = "127.0.0.1";

/** @throws INVALID_PARAMS */
export function frontOf({ front, host, port }: Pick<AppDefinition, "front" | "host" | "port">): Front {
  switch (front ?? (port === undefined ? "none" : "socket")) {
    case "none":
      if (port === undefined && host === undefined) return { kind: "none" };
      throw invalid(
        port === undefined
          ? "host needs a port"
          : "port is only used with a front; an app without one reads its own port, for example from env.PORT",
      );
    case "socket":
      if (port === undefined) throw invalid("front socket needs a port");
      return { kind: "socket", host: hostOf(host ?? DEFAULT_HOST), port: wholeNumber("port", port, 1, 65_535) };
    default:
      throw mustBe("front", "none or socket", front);
  }
}

function hostOf(host: string): string {
  if (/^[\w.:%-]{1,253}$/.test(host)) return host;
  throw mustBe("host", "an address or a name", host);
}

function invalid(message: string): XsysError {
  return new XsysError("INVALID_PARAMS", message);
}
