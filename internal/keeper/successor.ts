import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, writeSync } from "node:fs";

/** Milliseconds after which a keeper counts as working. One that ends earlier is replaced after a pause of 1 s. */
const WORKS_AFTER = 1_000;
/** Milliseconds until a dead shell is replaced. */
const RESPAWN = 1_000;

/**
 * Starts the next keeper when this one dies: a shell in a session of its own, which waits for the end of its standard
 * input and then becomes the next keeper. It needs 1 MB. When it is killed itself, it is replaced.
 */
export class Successor {
  readonly #command: readonly string[];
  #shell: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #works = false;
  #isCancelled = false;

  constructor(command: readonly string[]) {
    this.#command = command;
    this.#start();
    setTimeout(() => this.#tellWorks(), WORKS_AFTER).unref();
  }

  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** The end of its pipe in this process; -1 while there is none. It is kept open when the program is replaced. */
  get descriptor(): number {
    return (this.#shell?.stdin as unknown as { readonly _handle?: { readonly fd: number } })?._handle?.fd ?? -1;
  }

  /** This keeper ends as it was asked to: there is to be no next one. */
  cancel(): void {
    this.#isCancelled = true;
    clearTimeout(this.#timer);
    this.#shell?.stdin?.end("end\n");
  }

  #start(): void {
    if (this.#isCancelled) return;
    const shell = spawn("/bin/sh", ["-c", SCRIPT, "xsys-keeper-successor", ...this.#command], {
      cwd: "/",
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    this.#shell = shell;
    shell.on("error", () => this.#startLater());
    shell.on("exit", () => this.#startLater());
    shell.stdin?.on("error", () => {}); // reported by its exit
    shell.unref();
    if (this.#works) shell.stdin?.write("works\n");
  }

  #startLater(): void {
    this.#shell = undefined;
    if (this.#isCancelled) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), RESPAWN).unref();
  }

  #tellWorks(): void {
    this.#works = true;
    this.#shell?.stdin?.write("works\n");
  }
}

/** Ends the successor of the program that this process had before an upgrade, by its pipe. */
export function cancelSuccessor(descriptor: number): void {
  try {
    writeSync(descriptor, "end\n");
    closeSync(descriptor);
  } catch {
    // it has been killed
  }
}

/** POSIX shell. It ignores the signals that a terminal or a service manager sends to all processes at once. */
const SCRIPT = `trap '' HUP INT QUIT TERM
pause=1
while read -r word; do
  case $word in
    end) exit ;;
    works) pause=0 ;;
  esac
done
sleep $pause
trap - HUP INT QUIT TERM
exec "$@" < /dev/null
`;
