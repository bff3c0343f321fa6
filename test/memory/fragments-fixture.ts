/**
 * Started by idle-memory.test.ts: `fragments-fixture.ts [checked|without-ffi]`. Fragments malloc's memory, tells
 * IdleMemory that it has worked, and prints resident bytes: before, with the garbage, and after the release. With
 * `checked` there is some work all the time, as with health checks.
 */
import { pino } from "pino";
import { IdleMemory } from "../../internal/memory/idle-memory.ts";

const BYTES = 2_048;
const BUFFERS = 60_000;
/** Of so many buffers, one is kept, so that malloc cannot shrink its arena by itself. */
const KEPT_OF = 64;
const INTERVAL = 50;

if (process.argv.includes("without-ffi")) process.env.XSYS_FFI = "off";
const before = process.memoryUsage.rss();
const log = pino({ level: "debug" }, { write: report });
const memory = new IdleMemory(log, INTERVAL);
const kept = fragments();
const full = process.memoryUsage.rss();
memory.worked();
const checks = process.argv.includes("checked") ? setInterval(() => memory.worked(), INTERVAL) : undefined;
const waiting = setTimeout(() => process.exit(1), 60_000);

function fragments(): Buffer[] {
  const all = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafeSlow(BYTES).fill(1));
  return all.filter((_, index) => index % KEPT_OF === 0);
}

function report(line: string): void {
  const { msg, after } = JSON.parse(line);
  const { isLooking } = memory;
  console.log(JSON.stringify({ msg, before, full, after, kept: kept.length, isLooking }));
  clearTimeout(waiting);
  clearInterval(checks);
}
