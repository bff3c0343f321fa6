import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two attempts. */
const INTERVAL = 2;

/** Asks until there is an answer, and returns its text. Undefined if there is none within so many milliseconds. */
export async function firstAnswer(port: number, within: number): Promise<string | undefined> {
  const end = performance.now() + within;
  while (performance.now() < end) {
    const answer = await ask(port, AbortSignal.timeout(Math.ceil(Math.max(1, end - performance.now())))).catch(
      () => undefined,
    );
    if (answer !== undefined) return answer;
    await pause(INTERVAL);
  }
  return undefined;
}

async function ask(port: number, signal: AbortSignal): Promise<string> {
  const request = get({ host: "127.0.0.1", port, agent: false, signal });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return text(response);
}
