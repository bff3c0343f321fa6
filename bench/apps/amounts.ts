/** Size of the measurement. Times are in milliseconds. */
export interface Amounts {
  readonly rounds: number;
  /** Repetitions within a round. */
  readonly kills: number;
  readonly managerKills: number;
  readonly upgrades: number;
  readonly starts: number;
  /** A broken version dies after this time. */
  readonly diesAfter: number;
  /** How long an app runs before the usage of its manager is measured. */
  readonly rest: number;
  /** How long the CPU usage of a manager is measured. */
  readonly cpu: number;
  /** Lines that must be in the log once and in order. */
  readonly lines: number;
  /** Apps of one manager. */
  readonly apps: number;
  /** Calls of the command that lists them. */
  readonly lists: number;
  /** No further round of a part starts after this time of it. */
  readonly partLimit: number;
  /** No further part starts after this time. */
  readonly limit: number;
}

/** They take less than six minutes. On a busy machine, the events happen in the first round only. */
export const AMOUNTS: Amounts = {
  rounds: 2,
  kills: 3,
  managerKills: 5,
  upgrades: 3,
  starts: 2,
  diesAfter: 2_000,
  rest: 2_000,
  cpu: 10_000,
  lines: 100_000,
  apps: 20,
  lists: 5,
  partLimit: 50_000,
  limit: 285_000,
};

/** `--quick`: everything once. */
export const QUICK: Amounts = {
  ...AMOUNTS,
  rounds: 1,
  kills: 1,
  managerKills: 1,
  upgrades: 1,
  starts: 1,
  cpu: 1_000,
  lines: 20_000,
  apps: 5,
  lists: 1,
};
