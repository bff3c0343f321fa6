import { availableParallelism } from "node:os";
import { CLibrary } from "../base/c-library.ts";

/**
 * Controls glibc's malloc. Does nothing where that is not the allocator (musl, macOS, Windows), or where Node has no
 * `node:ffi`, which is experimental.
 */

/** Source: malloc.h. */
const M_ARENA_MAX = -8;
const LEAST_ARENAS = 2;

/** musl has no malloc_trim. */
const malloc = new CLibrary({
  mallopt: { return: "i32", arguments: ["i32", "i32"] },
  malloc_trim: { return: "i32", arguments: ["u64"] },
});

/**
 * Limits malloc to one arena per processor. By default it creates up to eight, one for each thread that allocates, and
 * when a thread has ended, what others still use in its arena keeps most of the arena's pages resident. Existing arenas
 * stay, so this must be called before threads start. Does nothing if the user has set MALLOC_ARENA_MAX.
 */
export function limitArenas(most: number = Math.max(LEAST_ARENAS, availableParallelism())): void {
  if (!process.env.MALLOC_ARENA_MAX) malloc.functions?.mallopt(M_ARENA_MAX, most);
}

/** Returns the free pages of malloc's arenas to the system. It blocks for 60 to 100 ms with 50 MiB of them. */
export function trimArenas(): void {
  malloc.functions?.malloc_trim(0n);
}
