import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Comparison, OURS } from "../comparison.ts";
import { interleave, type Measure, type Results } from "../rounds.ts";
import { ABSENT, FILE, NGINX, OURS_BY_FETCH, OURS_BY_JSON, type Ports, startContenders } from "./contenders.ts";
import { ask, CONNECTIONS, HAS_WRK } from "./wrk.ts";

/** Size of the measurement. Seconds are integers, because wrk takes no others. */
export interface Amounts {
  readonly rounds: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** These take two to three minutes. */
const AMOUNTS: Amounts = { rounds: 4, warmUpSeconds: 1, seconds: 4 };

/** Measures the gateway in front of one worker, compared with the worker itself and with other gateways. */
export default async function gateway(
  progress: (text: string) => void,
  amounts: Amounts = AMOUNTS,
): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  if (!HAS_WRK) progress("wrk is not installed: the load generator of the bench is used instead");
  const ports = await startContenders(folder, stack);
  progress(`hello, ${amounts.rounds} rounds of ${Object.keys(ports).join(", ")}`);
  const hello = await measure(ports, "/", amounts, progress);
  const { [OURS_BY_JSON]: ours = 0, [NGINX]: nginx } = ports;
  progress("a file of 4 KiB");
  const file = await measure({ [OURS]: ours, ...(nginx !== undefined && { [NGINX]: nginx }) }, FILE, amounts, progress);
  return [helloComparison(hello), fileComparison(file)];
}

function measure(
  ports: Ports,
  path: string,
  { rounds, warmUpSeconds, seconds }: Amounts,
  progress: (text: string) => void,
): Promise<Results> {
  const sample = (port: number) => async () => {
    if (warmUpSeconds > 0) await ask(port, path, warmUpSeconds);
    return ask(port, path, seconds);
  };
  const measures = Object.entries(ports).map(([name, port]): [string, Measure] => [name, sample(port)]);
  return interleave(new Map(measures), rounds, { progress });
}

const FIGURES = [{ name: "requests/s" }, { name: "p99", unit: "ms" }];
const REFERENCE = { contender: NGINX, figure: "requests/s" };

function helloComparison(results: Results): Comparison {
  return {
    title: `gateway: a "hello" from one worker, ${CONNECTIONS} connections; nginx over a Unix socket, no access log`,
    figures: FIGURES,
    reference: REFERENCE,
    goals: [
      { figure: "requests/s", contender: NGINX, atLeast: 1.05 },
      { figure: "p99", contender: NGINX, atMost: 1.3 },
      { of: OURS_BY_FETCH, figure: "requests/s", contender: NGINX, atLeast: 1 },
    ],
    results,
    absent: ABSENT,
  };
}

function fileComparison(results: Results): Comparison {
  return {
    title: `static files: one of 4 KiB, ${CONNECTIONS} connections`,
    figures: FIGURES,
    reference: REFERENCE,
    goals: [{ figure: "requests/s", contender: NGINX, atLeast: 1.05 }],
    results,
    absent: ABSENT,
  };
}
