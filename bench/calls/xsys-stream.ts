import { connect } from "../../clients/typescript/index.ts";
import { assertComplete, pieces } from "./bytes.ts";
import type { Contender } from "./contender.ts";
import { serveXsys } from "./xsys.ts";

/** xsys: service.echo through the SDK. */
export default {
  program: serveXsys,
  connect: async (socket) => {
    const xsys = await connect({ socket });
    const call = async () => {
      let received = 0;
      for await (const bytes of xsys.service.echo({}, { input: pieces() })) received += bytes.length;
      assertComplete(received);
    };
    return { call };
  },
} satisfies Contender;
