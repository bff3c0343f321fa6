import { runGatewayProcess } from "../../internal/host/gateway-process/run.ts";
import { limitArenas } from "../../internal/memory/allocator.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import { GATEWAY_ID, GATEWAY_KEY, GATEWAY_SOCKET } from "../../protocol/wire/gateway.ts";
import { refuseDebugger } from "./refuse-debugger.ts";
import { disablePretenuring } from "./server/disable-pretenuring.ts";
import { thisCommand } from "./this-program.ts";
import { GATEWAY_WORD } from "./words.ts";

/** Number of the listening HTTP socket in a gateway process: the fourth entry of its `stdio`. */
const HTTP_DESCRIPTOR = 3;

/** The command that starts a gateway process: this program, from the sources or as the executable. */
export function gatewayCommand(): [string, ...string[]] {
  return [...thisCommand(), GATEWAY_WORD];
}

/** Runs a gateway process of `xsys server start --gateways N`, and ends it: its connections to workers end with it. */
export async function runGateway(): Promise<never> {
  disablePretenuring();
  limitArenas();
  refuseDebugger();
  const { [GATEWAY_SOCKET]: socket, [GATEWAY_ID]: id, [GATEWAY_KEY]: key } = process.env;
  if (socket === undefined || id === undefined || key === undefined) {
    throw new XsysError("INVALID_PARAMS", `${GATEWAY_WORD} is started by xsys server start --gateways N only`);
  }
  try {
    process.exit(await runGatewayProcess({ socket, id, key, descriptor: HTTP_DESCRIPTOR }));
  } catch (error) {
    console.error(error instanceof XsysError ? error.message : error);
    process.exit(ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit);
  }
}
