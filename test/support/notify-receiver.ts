import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { useChildren } from "./children.ts";

const SCRIPT = fileURLToPath(new URL("notify-receiver.py", import.meta.url));

export interface Received {
  /** Of the sender. */
  readonly pid: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** A program that receives the messages of sd_notify(3), as systemd does. */
export interface NotifyReceiver {
  /** All messages so far. */
  readonly messages: readonly Received[];
  /** Waits for a message that has not been waited for and has this field. */
  next(field: string): Promise<Received>;
}

/** Starts a receiver on a path, or on a name after `@`. It ends after the test. */
export function useNotifyReceivers(): (path: string) => Promise<NotifyReceiver> {
  const children = useChildren();
  return async (path) => {
    const child = children.add(spawn("python3", ["-u", SCRIPT, path], { stdio: ["ignore", "pipe", "inherit"] }));
    return receiverOf(child);
  };
}

async function receiverOf({ stdout }: ChildProcess): Promise<NotifyReceiver> {
  if (stdout === null) throw new Error("it has no standard output");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  await lines.next(); // it is bound
  const messages: Received[] = [];
  return {
    messages,
    next: async (field) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`the receiver ended without ${field}; messages: ${JSON.stringify(messages)}`);
        const message = JSON.parse(value) as Received;
        messages.push(message);
        if (field in message.fields) return message;
      }
    },
  };
}
