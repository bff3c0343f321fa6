import type { Manager } from "./manager.ts";

/** Managers outlive this process unless they are disposed of. */
const open = new Set<Manager>();

/** The same manager, which is also disposed of when the bench is ended by a signal. */
export function tracked(manager: Manager): Manager {
  const dispose = manager[Symbol.asyncDispose];
  const one: Manager = {
    ...manager,
    [Symbol.asyncDispose]: async () => {
      await dispose();
      open.delete(one);
    },
  };
  open.add(one);
  return one;
}

/** Runs `act`. If a signal ends the bench meanwhile, nothing that it has started is left. */
export async function clearedAtSignals<T>(act: () => Promise<T>): Promise<T> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const end = async (signal: NodeJS.Signals) => {
    await Promise.all([...open].map((manager) => manager[Symbol.asyncDispose]()));
    process.off(signal, end);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, end);
  try {
    return await act();
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}
