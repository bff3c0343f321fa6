import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadOptions } from "../load/order.ts";
import { interleave } from "../rounds.ts";
import type { Amounts } from "./amounts.ts";
import { CLUSTER, type Contender } from "./contenders.ts";
import type { Manager } from "./manager.ts";
import { tracked } from "./open-managers.ts";

/** What each part of the bench gets. */
export interface Measuring {
  readonly contenders: readonly Contender[];
  readonly amounts: Amounts;
  readonly progress: (text: string) => void;
}

/** The load: 16 clients that keep their connections, and one that does not. */
export const CLIENTS = {
  method: "mixed",
  clients: 16,
  sequential: true,
  timeout: 2_000,
} as const satisfies Partial<LoadOptions>;

/** Takes samples of all contenders in turn, which they write into tables themselves. */
export async function inTurn(
  { contenders, amounts, progress }: Measuring,
  rounds: number,
  measure: (contender: Contender) => Promise<unknown>,
): Promise<void> {
  const measures = contenders.map((contender) => {
    const sample = async () => {
      await measure(contender);
      return {};
    };
    return [contender.name, sample] as const;
  });
  await interleave(new Map(measures), rounds, { milliseconds: amounts.partLimit, progress });
}

/** pm2 in the mode with as many processes as xsys has, and one contender for each of our programs. */
export function onePm2(contenders: readonly Contender[]): Contender[] {
  return contenders.filter(({ name, isOurs, single }) => (isOurs ? single !== undefined : name === CLUSTER));
}

/** Calls `act` with a new manager in a new folder, and leaves neither behind. */
export async function withManager<T>(
  { open }: Contender,
  act: (manager: Manager, folder: string) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const manager = stack.use(tracked(open(folder)));
  return await act(manager, folder); // awaited, so that nothing is disposed of before it ends
}
