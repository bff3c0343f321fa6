import type { Message } from "../../protocol/wire/message.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Maximum number of tasks in progress. */
const MAX_TASKS = 10_000;

interface Relayed {
  readonly from: WorkerLink;
  readonly by: WorkerLink;
}

/**
 * Forwards a worker's `Task` to another worker that executes tasks, and the `TaskResult` back. If no worker can execute
 * the task, or its worker is lost, the result is an error, so that the sender does not wait forever.
 */
export class TaskRelay {
  readonly #relayed = new Map<string, Relayed>();

  take(from: WorkerLink, { type, payload }: Message, workers: readonly WorkerLink[]): void {
    const { id } = (payload ?? {}) as { readonly id?: unknown };
    if (typeof id !== "string" && typeof id !== "number") return;
    if (type === "TaskResult") this.#result(from, String(id), payload);
    else this.#task(from, String(id), payload, workers);
  }

  /** A worker has disconnected: its tasks fail, and results for it are dropped. */
  forget(link: WorkerLink): void {
    for (const [id, { from, by }] of this.#relayed) {
      if (from !== link && by !== link) continue;
      this.#relayed.delete(id);
      if (by === link) refuse(from, id, "its worker has disconnected");
    }
  }

  #task(from: WorkerLink, id: string, payload: unknown, workers: readonly WorkerLink[]): void {
    const by = leastBusy(workers.filter((link) => link.registration.tasks === true && link !== from));
    if (this.#relayed.has(id)) refuse(from, id, "its id is in use by another task");
    else if (this.#relayed.size >= MAX_TASKS) refuse(from, id, `${MAX_TASKS} tasks are in progress already`);
    else if (by === undefined) refuse(from, id, "no other worker executes tasks");
    else {
      this.#relayed.set(id, { from, by });
      by.sendMessage("Task", payload);
    }
  }

  #result(by: WorkerLink, id: string, payload: unknown): void {
    const relayed = this.#relayed.get(id);
    if (relayed?.by !== by) return;
    this.#relayed.delete(id);
    relayed.from.sendMessage("TaskResult", payload);
  }
}

function leastBusy(links: readonly WorkerLink[]): WorkerLink | undefined {
  return links.reduce<WorkerLink | undefined>(
    (best, link) => (best && best.active <= link.active ? best : link),
    undefined,
  );
}

function refuse(from: WorkerLink, id: string, why: string): void {
  from.sendMessage("TaskResult", { id, error: `the task was not executed: ${why}` });
}
