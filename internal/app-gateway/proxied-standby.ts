import type { Upstream } from "../gateway/proxy/upstream.ts";
import type { Job } from "../workers/job.ts";
import type { Standby } from "../workers/standby.ts";

/** A clone that waits for work, for the warm-up requests: they are sent to it over HTTP. */
export function proxiedStandby(id: string, { pool }: Upstream, isWaiting: () => boolean): Standby {
  const open = new Map<Job, AbortController>();
  const send = async (job: Job): Promise<void> => {
    const ended = new AbortController();
    open.set(job, ended);
    const { url: path } = job.request;
    const headers = job.request.headers as Record<string, string>;
    try {
      const { statusCode, body } = await pool.request({ method: "GET", path, headers, signal: ended.signal });
      body.once("close", () => open.delete(job));
      job.answered({ status: statusCode, headers: {}, body });
    } catch {
      open.delete(job);
      job.failed("lost");
    }
  };
  return {
    id,
    get isWaiting() {
      return isWaiting();
    },
    send: (job) => void send(job),
    abandon: (job) => open.get(job)?.abort(),
  };
}
