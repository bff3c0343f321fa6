import { PassThrough } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { LineCutter, MAX_LINE } from "../../internal/processes/line-cutter.ts";
import { MAX_LINES, ProcessOutput } from "../../internal/processes/output.ts";
import { OutputTail } from "../../internal/processes/output-tail.ts";
import { fc } from "../support/property.ts";
import { worker } from "./support/options.ts";
import { useScenes } from "./support/scene.ts";

const scenes = useScenes();

describe("the line cutter", () => {
  test("returns the same lines, however the bytes are split", () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "ü", "€", "😀", " ", "\t") }));
    const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(texts, pieces, (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
        expect(cut(split(bytes, sizes))).toEqual(lines);
      }),
    );
  });

  test("also returns a last line without a line break", () => {
    expect(cut([Buffer.from("one\ntw"), Buffer.from("o")])).toEqual(["one", "two"]);
  });

  test("truncates lines that are too long, in one piece or many, and marks them", () => {
    const long = Buffer.from(`${"x".repeat(MAX_LINE + 5)}\nnext\n`);
    const expected = [`${"x".repeat(MAX_LINE)} … (5 more bytes of this line were cut off)`, "next"];
    expect(cut([long])).toEqual(expected);
    expect(cut(split(long, [1_000]))).toEqual(expected);
  });

  test("counts discarded lines, and keeps the line that has begun", () => {
    const cutter = new LineCutter();
    const lines: string[] = [];
    cutter.push(Buffer.from("begun"), (line) => lines.push(line));
    expect(cutter.discard(Buffer.from(" and dropped\ndropped\nkep"))).toBe(2);
    cutter.push(Buffer.from("t\n"), (line) => lines.push(line));
    expect(lines).toEqual(["kept"]);
  });
});

describe("a flood of output", () => {
  test("is cut to a number of lines per second, and the dropped lines are reported when it is over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    try {
      const { stdout, lines, floods } = output();
      stdout.write("line\n".repeat(MAX_LINES + 30_000));
      await vi.waitFor(() => expect(stdout.readableLength).toBe(0));
      expect(lines).toHaveLength(MAX_LINES);
      vi.advanceTimersByTime(2_000);
      expect(floods).toEqual([30_000]);
      stdout.write("after it\n");
      await vi.waitFor(() => expect(lines.at(-1)).toBe("after it"));
    } finally {
      vi.useRealTimers();
    }
  });

  test("does not block the service, use up its memory or stop the worker", async () => {
    const scene = scenes.start(worker("floods"));
    const channel = await scene.channels.next();
    await scene.said(/^worker 0 prints too fast: \d+ lines were dropped$/);
    await channel.ping();
    expect(scene.lines.all.length).toBeLessThanOrEqual(60 * MAX_LINES);
    expect(scene.supervisor.logs("0")).toHaveLength(200);
    expect(scene.states).toEqual(["ready"]);
  });
});

describe("the output tail", () => {
  const line = (text: string) => ({ time: 0, id: "0", stream: "stdout" as const, line: text });

  test("separates lines by the process that printed them", () => {
    const last = new OutputTail();
    const [first, second] = [{}, {}];
    last.add(line("a"), first);
    last.add(line("b"), second);
    last.add(line("c"), first);
    expect(last.of(first).map((each) => each.line)).toEqual(["a", "c"]);
  });

  test("keeps 200 lines", () => {
    const last = new OutputTail();
    for (let i = 0; i < 300; i++) last.add(line(String(i)));
    expect(last.last(1_000).map((each) => each.line)).toEqual(Array.from({ length: 200 }, (_, i) => String(100 + i)));
    expect(last.last(2).map((each) => each.line)).toEqual(["298", "299"]);
    expect(last.last(0)).toEqual([]);
  });

  test("keeps at most 256 KiB of text in total, and 8 KiB per line", () => {
    const last = new OutputTail();
    for (let i = 0; i < 100; i++) last.add(line("x".repeat(100_000)));
    const kept = last.last(1_000).map((each) => each.line.length);
    expect(kept.length).toBe(31);
    expect(Math.max(...kept)).toBe(8_194);
  });
});

function output() {
  const [stdout, lines, floods] = [new PassThrough({ highWaterMark: 1e9 }), [] as string[], [] as number[]];
  new ProcessOutput({ stdout }, { line: (_, line) => lines.push(line), flood: (dropped) => floods.push(dropped) });
  return { stdout, lines, floods };
}

function cut(pieces: readonly Buffer[]): string[] {
  const cutter = new LineCutter();
  const lines: string[] = [];
  for (const piece of pieces) cutter.push(piece, (line) => lines.push(line));
  cutter.end((line) => lines.push(line));
  return lines;
}

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
