import { spawn } from "node-pty";
import { expect, test } from "vitest";
import { EVENT_LINES } from "../../../cmd/xsys/print/event-lines.ts";
import { formatNumber } from "../../../cmd/xsys/print/units.ts";
import { xsys } from "../../support/command-line.ts";
import { programWith } from "../../support/program.ts";

const timestamp = 1_700_000_000.25;
const time = formatNumber(timestamp, "unix-seconds");

test("a snapshot is printed as one line", () => {
  const machine = { cpu_usage: 12.34, memory_used: 2 ** 30, memory_total: 2 ** 32, process_count: 99, load_one: 0.5 };
  const line = EVENT_LINES["monitor.system"]?.line({ timestamp, ...machine, swap_used: 0 });
  expect(line).toBe(`${time}  cpu 12.3%  memory 1.00 GB of 4.00 GB  99 processes  load 0.5`);
  const one = { cpu_usage: 150, memory: 2048, disk_read: 0, disk_write: 1024 };
  expect(EVENT_LINES["monitor.process"]?.line({ timestamp, ...one })).toBe(
    `${time}  cpu 150.0%  memory 2.00 KB  read 0 B  written 1.00 KB`,
  );
});

test("on a terminal each snapshot replaces the previous one and is cut to the terminal's width", async () => {
  const words = ["monitor", "system", "--duration", "0.3", "--interval", "0.1"];
  const terminal = spawn(...programWith(words), { cols: 40 });
  let shown = "";
  terminal.onData((text) => {
    shown += text;
  });
  await new Promise((resolve) => terminal.onExit(resolve));
  const lines = shown.split("\r\x1b[2K").slice(1);
  expect(lines.length).toBeGreaterThanOrEqual(1);
  expect(lines.at(-1)).toMatch(/^[^\r\n]{39}\r\n$/);
});

test("on a pipe each snapshot has its own line", async () => {
  const { stdout } = await xsys(["monitor", "process", String(process.pid), "--duration", "0.2", "--interval", "0.1"]);
  expect(stdout).toMatch(/^([ -~]+cpu [ -~]+\n){1,2}$/);
});

test("a worker's output and its restart are one line each, with control characters escaped", () => {
  const line = EVENT_LINES["cluster.logs"]?.line({
    time: timestamp,
    id: "0",
    stream: "stderr",
    line: "a\tb\x1b[2J\rc",
  });
  expect(line).toBe(`${time}  [0] a\tb\\x1b[2J\\rc`);
  const replaced = [{ id: "1", pid: 42 }, { id: "1" }].map((event) => EVENT_LINES["cluster.restart"]?.line(event));
  expect(replaced).toEqual(["worker 1 is ready, process 42", "worker 1 is ready"]);
});
