import type { Message } from "../../protocol/wire/message.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Tasks that are being carried out, at the most. */
const MAX_TASKS = 10_000;

interface Relayed {
  readonly from: WorkerLink;
  readonly by: WorkerLink;
}

/**
 * Passes a worker's `Task` on to another one that carries tasks out, and the `TaskResult` back. A task that nobody takes,
 * or whose worker is lost, is answered with an error: silence would be waited for.
 */
export class TaskRelay {
  readonly #relayed = new Map<string, Relayed>();

  take(from: WorkerLink, { type, payload }: Message, workers: readonly WorkerLink[]): void {
    const { id } = (payload ?? {}) as { readonly id?: unknown };
    if (typeof id !== "string" && typeof id !== "number") return;
    if (type === "TaskResult") this.#result(from, String(id), payload);
    else this.#task(from, String(id), payload, workers);
  }

  /** A worker has gone: its tasks are lost, and its own results wanted no more. */
  forget(link: WorkerLink): void {
    for (const [id, { from, by }] of this.#relayed) {
      if (from !== link && by !== link) continue;
      this.#relayed.delete(id);
      if (by === link) refuse(from, id, "the worker that carried it out is gone");
    }
  }

  #task(from: WorkerLink, id: string, payload: unknown, workers: readonly WorkerLink[]): void {
    const by = leastBusy(workers.filter((link) => link.registration.tasks === true && link !== from));
    if (this.#relayed.has(id)) refuse(from, id, "its id is in use by a task under way");
    else if (this.#relayed.size >= MAX_TASKS) refuse(from, id, `more than ${MAX_TASKS} tasks are under way`);
    else if (by === undefined) refuse(from, id, "no other worker carries tasks out");
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
  from.sendMessage("TaskResult", { id, error: `the task was not carried out: ${why}` });
}
