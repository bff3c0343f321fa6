import { XsysError } from "../../protocol/errors.ts";
import { type AppSpec, hasPort } from "../keeper/app-spec.ts";
import { haveOnePort } from "../keeper/have-one-port.ts";

/**
 * Refuses apps that cannot run together, before one of them is started: two of one name, or two on one port.
 * @throws INVALID_PARAMS
 */
export function refuseConflicts(apps: readonly AppSpec[]): void {
  for (const [index, app] of apps.entries()) {
    const others = apps.slice(0, index);
    if (others.some(({ name }) => name === app.name)) {
      throw new XsysError("INVALID_PARAMS", `two apps are called ${app.name}: give one of them another name`);
    }
    const rival = others.find((other) => haveOnePort(other.front, app.front));
    if (rival !== undefined && hasPort(app.front)) {
      throw new XsysError("INVALID_PARAMS", `the apps ${rival.name} and ${app.name} both have port ${app.front.port}`);
    }
  }
}
