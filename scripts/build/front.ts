import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { MAIN_EXECUTABLE } from "../../clients/front/build.ts";
import { HOME } from "../home.ts";

/** Without a C library, and without anything that depends on the machine that builds it. */
const FLAGS = [
  ..."-std=c11 -Os -Wall -Wextra -Werror -s -static -nostdlib -ffreestanding -fno-builtin".split(" "),
  ..."-fno-stack-protector -fno-asynchronous-unwind-tables -fno-pie -no-pie".split(" "),
  ..."-Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,noseparate-code".split(" "),
];

export interface FrontOptions {
  /** Id of the executable's build. */
  readonly build: string;
  /** C compiler: by default $CC, or else cc. */
  readonly compiler?: string;
  /** More flags, such as sanitizers. */
  readonly flags?: readonly string[];
}

/** Whether the native front exists for this platform. */
export function hasFront(): boolean {
  return process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64");
}

/**
 * Compiles the native front (clients/front). Returns why there is none: another platform, or no C compiler.
 * @throws when it does not compile
 */
export function buildFront(file: string, { build, compiler, flags = [] }: FrontOptions): string | undefined {
  if (!hasFront()) return `it is written for Linux on x64 and arm64, not for ${process.platform} on ${process.arch}`;
  const program = compiler ?? (process.env.CC || "cc");
  rmSync(file, { force: true }); // a linker writes into an existing file, which other names may share
  const names = [`-DBUILD="${build}"`, `-DEXECUTABLE="${MAIN_EXECUTABLE}"`];
  const { error, status, stderr } = spawnSync(program, [...FLAGS, ...flags, ...names, "front.c", "-o", file], {
    cwd: join(HOME, "clients/front"),
    encoding: "utf8",
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    return `the C compiler ${program} is not on PATH`;
  if (error !== undefined || status !== 0) throw new Error(`the front does not compile: ${error?.message ?? stderr}`);
  return undefined;
}
