import { logs } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { supervisorOf } from "../../cluster/supervisors.ts";
import type { LogLine } from "../../processes/output-tail.ts";

/** Maximum number of lines queued for a slow client. */
const MAX_WAITING = 1_000;

export default handle(logs, async ({ id, lines: count, follow }, { host, signal, events }) => {
  const cluster = supervisorOf(host);
  const waiting: LogLine[] = [...cluster.logs(id, count)];
  let [lines, skipped] = [0, 0];
  let wake = () => {};
  const stop = cluster.follow((line) => {
    if (!follow || (id !== undefined && line.id !== id)) return;
    if (waiting.length < MAX_WAITING) waiting.push(line);
    else skipped++;
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      const line = waiting.shift();
      if (line !== undefined) {
        await events.emit(line);
        lines++;
      } else if (!follow) break;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop();
  }
  return { lines, skipped };
});
