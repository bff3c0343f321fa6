import type { Message } from "../../protocol/wire/message.ts";
import type { WorkerRegistration } from "../../protocol/wire/worker.ts";

/** Maximum number of tasks in progress. */
const MAX_TASKS = 10_000;

/** A worker that sends or executes tasks. */
export interface TaskLink {
  readonly registration: WorkerRegistration;
  readonly active: number;
  sendMessage(type: string, payload: unknown): void;
}

interface Relayed<Link> {
  readonly from: Link;
  readonly by: Link;
}

/**
 * Forwards a worker's `Task` to another worker that executes tasks, and the `TaskResult` back. If no worker can execute
 * the task, or its worker is lost, the result is an error, so that the sender does not wait forever.
 */
export class TaskRelay<Link extends TaskLink> {
  readonly #relayed = new Map<string, Relayed<Link>>();

  take(from: Link, { type, payload }: Message, workers: readonly Link[]): void {
    const { id } = (payload ?? {}) as { readonly id?: unknown };
    if (typeof id !== "string" && typeof id !== "number") return;
    if (type === "TaskResult") this.#result(from, String(id), payload);
    else this.#task(from, String(id), payload, workers);
  }

  /** A worker has disconnected: its tasks fail, and results for it are dropped. */
  forget(link: Link): void {
    for (const [id, { from, by }] of this.#relayed) {
      if (from !== link && by !== link) continue;
      this.#relayed.delete(id);
      if (by === link) refuse(from, id, "its worker has disconnected");
    }
  }

  #task(from: Link, id: string, payload: unknown, workers: readonly Link[]): void {
    const by = leastBusy(workers.filter((link) => link.registration.tasks === true && link !== from));
    if (this.#relayed.has(id)) refuse(from, id, "its id is in use by another task");
    else if (this.#relayed.size >= MAX_TASKS) refuse(from, id, `${MAX_TASKS} tasks are in progress already`);
    else if (by === undefined) refuse(from, id, "no other worker executes tasks");
    else {
      this.#relayed.set(id, { from, by });
      by.sendMessage("Task", payload);
    }
  }

  #result(by: Link, id: string, payload: unknown): void {
    const relayed = this.#relayed.get(id);
    if (relayed?.by !== by) return;
    this.#relayed.delete(id);
    relayed.from.sendMessage("TaskResult", payload);
  }
}

function leastBusy<Link extends TaskLink>(links: readonly Link[]): Link | undefined {
  return links.reduce<Link | undefined>((best, link) => (best && best.active <= link.active ? best : link), undefined);
}

function refuse(from: TaskLink, id: string, why: string): void {
  from.sendMessage("TaskResult", { id, error: `the task was not executed: ${why}` });
}
