import type { ReportedJob } from "../../../protocol/wire/gateway.ts";
import type { WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { Failure, Job } from "../../workers/job.ts";

/** Where a job is. */
export interface JobOwner {
  verdict(job: number, failure: Failure): void;
}

/** A request of a gateway process that may have ended a worker, as the service judges it. */
export class RemoteJob<Owner extends JobOwner> implements Job {
  readonly request: WorkerRequest;
  readonly client = "";
  readonly upgrade = false;
  readonly isDone = false;
  readonly place = undefined;
  readonly mayRepeat: boolean;
  readonly owner: Owner;
  /** Its number in that gateway. */
  readonly number: number;

  constructor(owner: Owner, { job, method, url, mayRepeat }: ReportedJob) {
    this.owner = owner;
    this.number = job;
    this.mayRepeat = mayRepeat;
    this.request = { method, url, headers: {}, query: {}, params: {}, remoteAddr: "", localAddr: "" };
  }

  answered(): void {}

  failed(failure: Failure): void {
    this.owner.verdict(this.number, failure);
  }
}
