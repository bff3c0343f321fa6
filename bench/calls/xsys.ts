import { fileURLToPath } from "node:url";
import { connect } from "../../clients/typescript/index.ts";
import type { Contender } from "./contender.ts";
import { SEGMENTS } from "./question.ts";

const MAIN = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));

/** The Node arguments that run the service with its usual options. */
export function serveXsys(socket: string): string[] {
  return [MAIN, "serve", "--socket", socket, "--log-level", "warn"];
}

/** xsys: the real service and the SDK. */
export default {
  program: serveXsys,
  connect: async (socket) => {
    const xsys = await connect({ socket });
    const params = { segments: [...SEGMENTS] };
    return { call: () => xsys.path.join(params) };
  },
} satisfies Contender;
