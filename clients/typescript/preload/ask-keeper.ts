import { connect } from "node:net";
import { FrameWriter } from "../../../protocol/wire/frame.ts";
import { encodeMessage, type ResponsePayload } from "../../../protocol/wire/message.ts";
import { MessageReader } from "../../../protocol/wire/message-reader.ts";

/** Milliseconds until the keeper, or the next one, is asked again. */
const RETRY = 20;

/** A server of this process that wants to listen. */
export interface Wish {
  /** The name of the app. */
  readonly name: string;
  /** The key of this process. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
}

/** What the keeper has opened. */
export interface Opened {
  /** The socket of the gateway. */
  readonly socket: string;
  /** Identifies the listening socket: that of `socket:[…]` in /proc/PID/fd. */
  readonly inode: string;
}

/**
 * Asks the keeper to open a port in place of this process. Waits while no keeper runs.
 * @throws an error like that of `listen`, such as EADDRINUSE
 */
export async function askKeeper(socket: string, wish: Wish): Promise<Opened> {
  for (;;) {
    const answer = await ask(socket, wish);
    if (answer !== undefined) {
      if (answer.status === "ok") return answer.data as Opened;
      throw refusal(wish, answer.error ?? "refused");
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY)); // no keeper runs, or it ends: the next one is asked
  }
}

/** Undefined if no keeper answers. */
function ask(path: string, wish: Wish): Promise<ResponsePayload | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      const writer = new FrameWriter(socket);
      writer.json(encodeMessage("CoreCommand", { module: "keeper", action: "listens", params: wish }, 1));
      writer.flush();
    });
    const reader = new MessageReader({
      message: ({ type, payload }) => {
        if (type !== "Response") return;
        resolve(payload as ResponsePayload);
        socket.destroy();
      },
      chunk: () => {},
      fault: () => socket.destroy(),
    });
    socket.on("data", (bytes: Buffer) => reader.receive(bytes));
    socket.on("error", () => {}); // its "close" follows
    socket.on("close", () => resolve(undefined));
  });
}

function refusal({ host, port }: Wish, message: string): NodeJS.ErrnoException {
  const error = new Error(`listen EADDRINUSE: ${message}`);
  return Object.assign(error, { code: "EADDRINUSE", syscall: "listen", address: host, port });
}
