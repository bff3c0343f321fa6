import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, connect } from "../../../clients/typescript/index.ts";
import type { Service } from "../../../internal/host/service.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";

const FOLDERS = 200;
const BURST = 5_000;
/**
 * More than the inotify queue holds. The queue is not read during the burst, because the service runs in this
 * process.
 */
const OVER_THE_QUEUE = 40_000;

/** In memory if possible, because a busy disk takes seconds to create thousands of files. */
const sandbox = useSandbox(existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
let service: Service;
let client: Client;
beforeEach(async () => {
  service = await startTestService();
  client = await connect({ socket: service.socket });
  for (let folder = 0; folder < FOLDERS; folder++) mkdirSync(sandbox.path(`d${folder}`));
});
afterEach(async () => {
  client.close();
  service.stop(true);
  await service.ended;
});

/** Watches, makes a burst of changes, and returns the reported ones when everything expected was reported. */
async function during(burst: () => void, expected: ReadonlySet<string>): Promise<Map<string, number>> {
  const told = new Map<string, number>();
  let missing = expected.size;
  for await (const { type, path, from } of client.watch.files({ paths: [sandbox.root] })) {
    if (type === "ready") burst();
    const line = [type, ...(from === undefined ? [] : [from]), ...(path === undefined ? [] : [path])].join(" ");
    told.set(line, (told.get(line) ?? 0) + 1);
    if (expected.has(line) && told.get(line) === 1) missing -= 1;
    if (missing === 0) break;
  }
  return told;
}

function createAll(files: readonly string[]): void {
  for (const file of files) writeFileSync(file, "");
}

const times = (count: number) => Array.from({ length: count }, (_, number) => number);

describe("in a burst, every change is reported once", () => {
  test.each([
    ["in several directories", (number: number) => sandbox.path(`d${number % FOLDERS}`, `f${number}`)],
    ["in one directory", (number: number) => sandbox.path("d0", `f${number}`)],
  ])("5,000 files created %s", async (_where, path) => {
    const files = times(BURST).map(path);
    const told = await during(() => createAll(files), new Set(files.map((file) => `create ${file}`)));
    expect(new Set(told.values())).toEqual(new Set([1]));
  });

  test("5,000 files created in new directories", async () => {
    const folders = times(BURST / 10).map((number) => sandbox.path(`d${number % FOLDERS}`, `new${number}`, "deep"));
    const files = folders.flatMap((folder) => times(10).map((number) => `${folder}/f${number}`));
    const told = await during(
      () => {
        for (const folder of folders) mkdirSync(folder, { recursive: true });
        createAll(files);
      },
      new Set([...folders, ...files].map((path) => `create ${path}`)),
    );
    expect(new Set(told.values())).toEqual(new Set([1]));
  });

  test("5,000 files renamed, each reported as a rename", async () => {
    const files = times(BURST).map((number) => sandbox.path(`d${number % FOLDERS}`, `f${number}`));
    createAll(files);
    const told = await during(
      () => {
        for (const file of files) renameSync(file, `${file}-renamed`);
      },
      new Set(files.map((file) => `rename ${file} ${file}-renamed`)),
    );
    expect(told.size).toBe(BURST + 1); // with ready
  });

  test("5,000 files deleted with their directories", async () => {
    const files = times(BURST).map((number) => sandbox.path(`d${number % FOLDERS}`, `f${number}`));
    createAll(files);
    const told = await during(
      () => {
        for (const folder of times(FOLDERS)) rmSync(sandbox.path(`d${folder}`), { recursive: true });
      },
      new Set(files.map((file) => `delete ${file}`)),
    );
    expect(new Set(told.values())).toEqual(new Set([1]));
  });

  test("40,000 files created, above the limit of the inotify queue: an overflow, then the lost changes", async () => {
    const files = times(OVER_THE_QUEUE).map((number) => sandbox.path(`d${number % FOLDERS}`, `f${number}`));
    const told = await during(() => createAll(files), new Set(files.map((file) => `create ${file}`)));
    expect(told.get("overflow")).toBe(1);
    expect(told.size).toBe(OVER_THE_QUEUE + 2); // with ready and overflow
  });

  test("directories created and files deleted in an overflow are found, and the directories are watched", async () => {
    const doomed = sandbox.path("d1", "doomed");
    writeFileSync(doomed, "");
    const late = sandbox.path("d0", "late", "deep");
    const told = await during(
      () => {
        for (const number of times(OVER_THE_QUEUE / 2)) writeFileSync(sandbox.path("d0", `f${number}`), "");
        mkdirSync(late, { recursive: true });
        rmSync(doomed);
      },
      new Set([`create ${late}`, `delete ${doomed}`, "overflow"]),
    );
    expect(told.get("overflow")).toBe(1);
  });
});
