import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/** Milliseconds until a guard that died is replaced, so that a machine that kills every one is not kept busy by it. */
const RESPAWN = 1_000;

/**
 * Sees to it that no worker outlives the service, however that ends: a shell of its own process group, which hears of
 * every worker and, when its input ends, ends their groups.
 *
 * On Windows there is none: there a worker ends by its connection, as XyPriss's do, or goes on.
 */
export class OrphanGuard {
  readonly #leaders = new Set<number>();
  #shell: ChildProcess | undefined;
  #respawn: NodeJS.Timeout | undefined;
  #closed = false;

  /** Guards the group that a process leads. */
  add(leader: number): void {
    this.#leaders.add(leader);
    if (this.#shell === undefined) this.#start();
    else this.#send(`+ ${leader}\n`);
  }

  /** Nothing is left of the group. */
  delete(leader: number): void {
    if (this.#leaders.delete(leader)) this.#send(`- ${leader}\n`);
  }

  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** Ends it, and by it whatever it still guards. */
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
    const input: Writable | undefined = shell.stdin; // none where there were no descriptors for it
    if (input === undefined) return;
    this.#shell = shell;
    shell.on("exit", () => this.#startLater());
    input.on("error", () => {}); // told by its exit
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
 * POSIX shell. What ends a terminal's processes passes it by. `kill -0` of a group says whether any of it is left; two
 * seconds are for what ends when it is asked.
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
