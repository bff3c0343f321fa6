import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/** Milliseconds until a dead guard is replaced. Limits the load if every guard is killed at once. */
const RESPAWN = 1_000;

/**
 * Ensures that no worker outlives the service, however the service ends. The guard is a shell in its own process group.
 * It is told of every worker, and ends their groups when its standard input is closed.
 *
 * There is no guard on Windows. There, a worker must exit when its connection is closed, as XyPriss's workers do;
 * otherwise it keeps running.
 */
export class OrphanGuard {
  readonly #leaders = new Set<number>();
  #shell: ChildProcess | undefined;
  #respawn: NodeJS.Timeout | undefined;
  #closed = false;

  /** Adds the process group of a leader. */
  add(leader: number): void {
    this.#leaders.add(leader);
    if (this.#shell === undefined) this.#start();
    else this.#send(`+ ${leader}\n`);
  }

  /** The group has ended. */
  delete(leader: number): void {
    if (this.#leaders.delete(leader)) this.#send(`- ${leader}\n`);
  }

  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** Ends the guard, which ends all groups that it still has. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#respawn);
    this.#shell?.stdin?.end();
  }

  #start(): void {
    if (this.#closed || process.platform === "win32") return;
    const shell = spawn("/bin/sh", ["-c", SCRIPT, "xsys-guard"], {
      cwd: "/",
      env: {},
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    shell.on("error", () => this.#startLater());
    const input: Writable | undefined = shell.stdin; // undefined if the service was out of descriptors
    if (input === undefined) return;
    this.#shell = shell;
    shell.on("exit", () => this.#startLater());
    input.on("error", () => {}); // reported by its exit
    shell.unref();
    (input as unknown as { unref(): void }).unref();
    for (const leader of this.#leaders) this.#send(`+ ${leader}\n`);
  }

  #startLater(): void {
    this.#shell = undefined;
    if (this.#closed || this.#respawn !== undefined) return;
    this.#respawn = setTimeout(() => {
      this.#respawn = undefined;
      if (this.#shell === undefined) this.#start();
    }, RESPAWN).unref();
  }

  #send(line: string): void {
    if (this.#shell?.stdin?.writable) this.#shell.stdin.write(line);
  }
}

/**
 * POSIX shell. It ignores the signals that a terminal sends. `kill -0` checks whether a group still has processes; they
 * have two seconds to end after SIGTERM.
 */
const SCRIPT = `trap '' HUP INT QUIT TERM
PATH=/usr/bin:/bin
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) left=
       for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
       groups=$left ;;
  esac
done
[ -z "$groups" ] && exit
for group in $groups; do kill -s TERM -- "-$group"; kill -s CONT -- "-$group"; done
for second in 1 2; do
  left=
  for group in $groups; do kill -s 0 -- "-$group" && left="$left $group"; done
  [ -z "$left" ] && exit
  sleep 1
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;
