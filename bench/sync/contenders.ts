import { execFileSync } from "node:child_process";
import { connect, connectSync } from "../../clients/typescript/index.ts";
import { createSyncClient } from "../../clients/typescript/sync/sync-client.ts";
import { ThreadTransport } from "../../clients/typescript/sync/thread-transport.ts";
import { SEGMENTS } from "../calls/question.ts";

/** A way of making a call that blocks until its answer, or, for the asynchronous client, of awaiting it. */
export interface Contender {
  /** Prepares calls and returns a function that makes one. */
  readonly open: (socket: string) => Call | Promise<Call>;
  readonly calls: number;
}

export type Call = () => unknown;

const params = { segments: [...SEGMENTS] };
const CALLS = 3_000;

export const CONTENDERS: Readonly<Record<string, Contender>> = {
  xsys: {
    open: (socket) => {
      const xsys = connectSync({ socket });
      return () => xsys.path.join(params);
    },
    calls: CALLS,
  },
  "a thread and Atomics": {
    open: (socket) => {
      const xsys = createSyncClient(new ThreadTransport({ socket, wait: 0, pid: process.pid }), 0);
      return () => xsys.path.join(params);
    },
    calls: CALLS,
  },
  "the asynchronous client": {
    open: async (socket) => {
      const xsys = await connect({ socket });
      return () => xsys.path.join(params);
    },
    calls: CALLS,
  },
  "execFileSync /bin/true": { open: () => () => execFileSync("/bin/true"), calls: 100 },
};
