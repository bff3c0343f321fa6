import { identityOf } from "../../processes/identity.ts";
import type { Starter } from "../../processes/running-process.ts";
import { CLONE_ID, CLONE_KEY } from "../clone-environment.ts";
import type { ClonePorts } from "../clone-ports.ts";
import type { AppFront } from "./app-front.ts";
import { waitUntilListens } from "./wait-until-listens.ts";

/** A starter whose processes are announced to the gateways as soon as they listen on their port. */
export function announcedStarter(starter: Starter, front: AppFront, ports: ClonePorts): Starter {
  return (identity, line) => {
    const process = starter(identity, line);
    const { [CLONE_ID]: id = "", [CLONE_KEY]: key = "" } = identity.env;
    const { pid, exited } = process;
    const port = ports.known(key);
    const start = pid === undefined ? undefined : identityOf(pid)?.start;
    const ended = new AbortController();
    void exited.then(() => {
      ended.abort();
      front.cloneEnded(key);
      ports.release(key);
    });
    if (pid === undefined || start === undefined || port === undefined) return process;
    void waitUntilListens({ pid, start, key, port }, ended.signal).then((host) => {
      if (host === undefined || ended.signal.aborted) return;
      front.cloneListens({ id, key, pid, start, url: `http://${host}:${port}` });
    });
    return process;
  };
}
