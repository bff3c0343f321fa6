import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { resolve } from "node:path";
import { errorOf, lostWhile, unavailable } from "../../clients/typescript/call-errors.ts";
import type { Contract } from "../../protocol/command.ts";
import { trustedSocket } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { FrameReader, FrameWriter } from "../../protocol/frame.ts";
import { type CoreCommand, encodeMessage, parseMessage, type ResponsePayload } from "../../protocol/message.ts";
import type { Caller } from "./callers.ts";
import type { Globals } from "./globals.ts";
import { ownPaths } from "./own-paths.ts";

/**
 * Runs commands as XyPriss's applications do: without a Hello and without an id, so that a file that is opened belongs to
 * nobody's connection and stays open when this one is gone.
 */
export async function callerAsApplication(named: string | undefined, globals: Globals): Promise<Caller> {
  const path = trustedSocket(named === undefined ? undefined : resolve(named));
  const socket = connect(path);
  await once(socket, "connect").catch((error: Error) => {
    throw unavailable(path, error);
  });
  return {
    call: async (contract, params, { signal }) => {
      const giveUp = () => socket.destroy(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      return ask(socket, contract, await ownPaths(contract, params, globals));
    },
    close: async () => void socket.destroy(),
  };
}

function ask(socket: Socket, { name, module, action }: Contract, params: object): Promise<unknown> {
  return new Promise((resolveAnswer, reject) => {
    const reader = new FrameReader();
    socket.on("data", (bytes: Buffer) => {
      try {
        reader.push(bytes, (payload) => {
          const answer = parseMessage(payload).payload as ResponsePayload;
          if (answer.status === "ok") resolveAnswer(answer.data);
          else reject(errorOf(answer));
        });
      } catch (error) {
        reject(error);
      }
    });
    socket.on("error", reject);
    socket.on("close", () => reject(lostWhile(name, new XsysError("UNAVAILABLE", "the connection was closed"))));
    const command: CoreCommand = { module, action, params };
    new FrameWriter(socket).json(encodeMessage("CoreCommand", command));
  });
}
