import { type IPty, spawn } from "node-pty";
import { afterEach, describe, expect, test } from "vitest";
import { ended, startXsys, xsys } from "../../support/command-line.ts";
import { PROGRAM_LINE, programWith } from "../../support/program.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";
import { signalProcess } from "../../support/signal-process.ts";
import { gone } from "./support.ts";

const sandbox = useSandbox();
const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Simulates a person at a terminal. */
class Person {
  readonly #pty: IPty;
  readonly ended: Promise<{ exitCode: number; signal?: number }>;
  #text = "";
  #wake: () => void = () => {};

  constructor(file: string, args: string[], size = { cols: 91, rows: 23 }) {
    this.#pty = spawn(file, args, { ...size, name: "vt220", cwd: sandbox.root });
    this.#pty.onData((text) => {
      this.#text += text;
      this.#wake();
    });
    this.ended = new Promise((resolve) => this.#pty.onExit(resolve));
    cleanUps.push(() => this.#pty.kill("SIGKILL"));
  }

  get pid(): number {
    return this.#pty.pid;
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows);
  }

  /** Resolves when the terminal shows the text, after everything matched before. */
  async sees(wanted: RegExp): Promise<string> {
    let over = false;
    void this.ended.then(() => {
      over = true;
      this.#wake();
    });
    for (;;) {
      const match = wanted.exec(this.#text);
      if (match) {
        this.#text = this.#text.slice(match.index + match[0].length);
        return match[1] ?? match[0];
      }
      if (over) throw new Error(`it ended and showed ${JSON.stringify(this.#text)}, not ${wanted}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function run(...words: string[]): Person {
  return new Person(...programWith(["terminal", "run", ...words]));
}

async function startService(): Promise<string> {
  const service = await startTestService({ root: sandbox.root });
  cleanUps.push(async () => {
    service.stop(true);
    await service.ended;
  });
  return service.socket;
}

const PLACES: readonly [string, () => Promise<string[]>][] = [
  ["in its own process", async () => []],
  ["through a service", async () => ["--connect", await startService()]],
];

describe.each(PLACES)("terminal run %s", (_, options) => {
  test("connects both terminals: size, type, keys, a new size, and the exit status", async () => {
    const person = run(...(await options()), "--", "sh", "-c", SCRIPT);
    await person.sees(/23 91 vt220\r\n/);
    person.resize(120, 40);
    await person.sees(/40 120 resized\r\n/);
    person.type("\x03");
    await person.sees(/interrupted\r\n/);
    person.type("word\r");
    await person.sees(/got word\r\n/);
    expect(await person.ended).toMatchObject({ exitCode: 42 });
  });
});

const SCRIPT = `trap 'resized=1' WINCH; trap 'interrupted=1' INT
echo "$(stty size) $TERM"
until [ $resized ]; do sleep 0.02; done; echo "$(stty size) resized"
until [ $interrupted ]; do sleep 0.02; done; echo interrupted
read word; echo "got $word"; exit 42`;

test("the terminal settings are restored when the program ends and when xsys is ended", async () => {
  const inner = `${PROGRAM_LINE} terminal run -- sh -c`;
  const script = `before=$(stty -g); ${inner} 'echo one; exit 3'; echo status $?
    [ "$(stty -g)" = "$before" ] && echo restored after the end
    ${inner} 'echo $PPID $$ two; sleep 1000'; echo status $?
    [ "$(stty -g)" = "$before" ] && echo restored after the signal`;
  const person = new Person("sh", ["-c", script]);
  await person.sees(/status 3\r\nrestored after the end/);
  const [ours, program] = (await person.sees(/(\d+ \d+) two/)).split(" ").map(Number);
  signalProcess(ours, "SIGTERM");
  await person.sees(/status 143\r\nrestored after the signal/);
  await gone(program ?? 0);
});

describe("without a terminal", () => {
  test("terminal run works with pipes, and passes all words after the program to it", async () => {
    const words = ["terminal", "run", "sh", "-c", 'stty -echo; stty size; echo "$@"; cat', "--", "--json", "--help"];
    const { status, stdout, stderr } = await xsys(words, { input: "typed\n" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.replace(/^typed\r\n/, "")).toBe("24 80\r\n--json --help\r\ntyped\r\n");
  });

  test("terminal run ends with its program even if standard input is open", async () => {
    expect(await xsys(["terminal", "run", "sh", "-c", "kill -TERM $$"])).toMatchObject({ status: 143, stderr: "" });
  });

  test("terminal run reports an error and exits with the status of the error", async () => {
    const missing = await xsys(["terminal", "run", "no-such-program"], { input: "" });
    expect(missing).toMatchObject({ status: 66, stdout: "", stderr: expect.stringContaining("no-such-program") });
    const file = await sandbox.write("script", "#!/opt/none/x\n", 0o755);
    const broken = await xsys(["terminal", "run", file], { input: "" });
    const stderr = expect.stringContaining(`the interpreter /opt/none/x of ${file} does not exist`);
    expect(broken).toMatchObject({ status: 66, stdout: "", stderr });
    expect(await xsys(["terminal", "run", "--"], { input: "" })).toMatchObject({ status: 64 });
    const confined = await xsys(["--confine", "--connect", await startService(), "terminal", "run", "sh"], {
      input: "",
    });
    expect(confined).toMatchObject({ status: 77, stderr: expect.stringContaining("outside the root") });
  });

  test("a signal to terminal run ends the program", async () => {
    const child = startXsys(["terminal", "run", "sh", "-c", "echo $$; sleep 1000"]);
    const pid = new Promise<number>((resolve) => child.stdout?.once("data", (text) => resolve(Number(text))));
    const program = await pid;
    child.kill("SIGHUP");
    expect(await ended(child)).toMatchObject({ status: 129, stderr: "" });
    await gone(program);
  });

  test("help and completion list terminal run", async () => {
    expect((await xsys(["terminal", "run", "--help"])).stdout).toContain("xsys terminal run [--] <program>");
    expect((await xsys(["terminal", "--help"])).stdout).toMatch(/^ +run +Run a program/m);
    expect((await xsys(["__complete", "terminal", "r"])).stdout).toBe("resize\nrun\n");
  });
});
