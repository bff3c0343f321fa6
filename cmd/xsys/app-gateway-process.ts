import { runAppGateway } from "../../internal/app-gateway/run.ts";
import { limitArenas } from "../../internal/memory/allocator.ts";
import { XsysError } from "../../protocol/errors.ts";
import {
  APP_GATEWAY_DESCRIPTORS,
  APP_GATEWAY_ID,
  APP_GATEWAY_KEY,
  APP_GATEWAY_SOCKET,
} from "../../protocol/wire/app-gateway.ts";
import { refuseDebugger } from "./refuse-debugger.ts";
import { disablePretenuring } from "./server/disable-pretenuring.ts";
import { APP_GATEWAY_WORD } from "./words.ts";

/** Runs the gateway process in front of apps, and ends it. */
export async function runAppGatewayProcess(): Promise<never> {
  disablePretenuring();
  limitArenas();
  refuseDebugger();
  const {
    [APP_GATEWAY_SOCKET]: socket,
    [APP_GATEWAY_ID]: id,
    [APP_GATEWAY_KEY]: key,
    [APP_GATEWAY_DESCRIPTORS]: descriptors,
  } = process.env;
  if (socket === undefined || id === undefined || key === undefined) {
    throw new XsysError("INVALID_PARAMS", `${APP_GATEWAY_WORD} is started by the keeper of apps only`);
  }
  await runAppGateway({ socket, id, key, descriptors: Number(descriptors ?? 0) });
  process.exit(0);
}
