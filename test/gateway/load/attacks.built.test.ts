import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settle } from "../../../bench/load/settle.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { ATTACKS } from "./attackers.ts";
import { useServers } from "./start-server.ts";

const WORKER = new URL("worker.ts", import.meta.url);
/** Responses to well-behaved clients during each attack. */
const ANSWERS = 100;
/**
 * Maximum resident bytes of the gateway. A Node process uses a fifth of it, and an unbounded attack soon exceeds it.
 */
const MOST_MEMORY = 600 * 1024 * 1024;

const sandbox = useSandbox();
const servers = useServers(sandbox);

test("well-behaved clients are answered, and memory is bounded, during every attack", async () => {
  const gateway = await servers.start(WORKER, 2, ["--timeout", "0"]);
  const load = await servers.load(gateway, { clients: 4 });
  expect(await settle(load, 2, { within: 50_000 })).toBe(true);
  for (const [name, attack] of Object.entries(ATTACKS)) {
    const begun = await load.take();
    expect(begun.byKind, `before ${name}`).toEqual({});
    {
      using _attack = attack(gateway.port);
      for (let answered = 0; answered < ANSWERS; ) {
        const report = await load.take();
        expect(report.byKind, name).toEqual({});
        answered += report.answered;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    if (process.platform === "linux") expect(residentBytes(gateway.pid), name).toBeLessThan(MOST_MEMORY);
  }
  expect(await settle(load, 2, { within: 50_000 })).toBe(true);
}, 120_000);

function residentBytes(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return Number(kibibytes) * 1024;
}
