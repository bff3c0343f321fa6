import { execFileSync } from "node:child_process";
import { connect, connectSync } from "../../clients/typescript/index.ts";
import { createSyncClient } from "../../clients/typescript/sync/sync-client.ts";
import { ThreadTransport } from "../../clients/typescript/sync/thread-transport.ts";
import { SEGMENTS } from "../calls/question.ts";

/** A way to ask and have the answer before the next line runs; where that is not possible, to wait for it. */
export interface Contender {
  /** Gets ready for calls and gives one. */
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
