import { XsysError } from "../../protocol/errors.ts";
import type { WorkerRegistration } from "../../protocol/wire/worker.ts";

/** @throws INVALID_PARAMS */
export function checkedRegistration(registration: unknown): WorkerRegistration {
  const { id, key, pid, xbp, streams, tasks, joins, listens } = (registration ?? {}) as Partial<
    Record<keyof WorkerRegistration, unknown>
  >;
  if ((typeof id !== "string" && typeof id !== "number") || String(id).length > MAX_ID_LENGTH) {
    throw new XsysError("INVALID_PARAMS", "RegisterWorker needs an id: a string of at most 128 characters");
  }
  return {
    id: String(id),
    ...(typeof key === "string" && { key }),
    ...(Number.isSafeInteger(pid) && { pid: pid as number }),
    xbp: xbp === true,
    streams: streams === true,
    tasks: tasks === true,
    joins: joins === true,
    ...(typeof listens === "string" && { listens: listens.slice(0, MAX_REASON_LENGTH) }),
  };
}

const MAX_ID_LENGTH = 128;
const MAX_REASON_LENGTH = 500;
