import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/**
 * Node runs a timer of more than 2³¹−1 ms after 1 ms. So delays that are not constant must go through
 * protocol/timers.ts. Only that module may call Node's functions with them.
 */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HELPER = "protocol/timers.ts";
const SOURCES = globSync("{cmd,internal,protocol,clients}/**/*.{ts,js}", { cwd: ROOT }).map((file) => ({
  file,
  text: readFileSync(join(ROOT, file), "utf8"),
}));

interface Call {
  readonly file: string;
  readonly args: readonly string[];
}

/** Calls of Node's timer functions, also as methods of sockets and sessions. */
const CALLS: readonly Call[] = SOURCES.flatMap(({ file, text }) =>
  [...text.matchAll(/\b(?:setTimeout|setInterval|AbortSignal\.timeout)\(/g)]
    .map(({ index, 0: { length } }) => ({ file, args: argumentsFrom(text, index + length) }))
    .filter(({ args }) => args.length > 0),
);

/** The arguments from `start` to the closing parenthesis. */
function argumentsFrom(text: string, start: number): string[] {
  const args: string[] = [];
  let begin = start;
  let depth = 0;
  for (let at = start; ; at++) {
    const character = text[at];
    if (character === undefined) throw new Error(`no end of the arguments ${text.slice(start, start + 40)}`);
    const isEnd = depth === 0 && character === ")";
    if (isEnd || (depth === 0 && character === ",")) {
      args.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
    if (isEnd) return args.filter((arg) => arg !== "");
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
  }
}

/** A number, a constant, or a value that the helper has limited to a timer's range. */
function isBounded(delay: string): boolean {
  return /^[\d_]+$|^[A-Z][A-Z\d_]*$|^withinTimer\(/.test(delay);
}

describe("timers", () => {
  test("the sources, the helper and its timers are found", () => {
    expect(SOURCES.length).toBeGreaterThan(300);
    expect(CALLS.filter(({ file }) => file === HELPER).length).toBeGreaterThan(1);
    expect(CALLS.filter(({ file }) => file !== HELPER).length).toBeGreaterThan(5);
  });

  test("the scan distinguishes constant delays from others", () => {
    const delays = ["setTimeout(() => f(1, 2), 500)", "setTimeout(go, WAIT)", "setTimeout(go, options.wait)"].map(
      (text) => argumentsFrom(text, text.indexOf("(") + 1).at(-1) ?? "",
    );
    expect(delays).toEqual(["500", "WAIT", "options.wait"]);
    expect(delays.map(isBounded)).toEqual([true, true, false]);
  });

  test("every delay that is not a constant goes through the helper", () => {
    const wrong = CALLS.filter(({ file, args }) => file !== HELPER && !args.some(isBounded));
    expect(wrong).toEqual([]);
  });

  test("no socket timeout has a callback, which Node would call only for the first timeout", () => {
    const ofStreams = SOURCES.filter(({ file }) => file !== HELPER).flatMap(({ file, text }) =>
      [...text.matchAll(/(\w+)\.setTimeout\(/g)].map(({ index, 0: { length }, 1: owner }) => ({
        ...{ file, owner, args: argumentsFrom(text, index + length) },
      })),
    );
    const endsIt = ({ owner, args }: (typeof ofStreams)[number]) => args[1] === `() => ${owner}.destroy()`;
    const wrong = ofStreams.filter((call) => call.args.length > 1 && call.owner !== "server" && !endsIt(call));
    expect(ofStreams.length).toBeGreaterThan(1);
    expect(wrong).toEqual([]);
  });

  test("no module imports setTimeout or setInterval from timers/promises", () => {
    const imports = /import \{[^}]*\bset(?:Timeout|Interval)\b[^}]*\} from "(?:node:)?timers/;
    expect(SOURCES.filter(({ text }) => imports.test(text)).map(({ file }) => file)).toEqual([]);
  });
});
