import { once } from "node:events";
import { appendFile, chmod, mkdir, realpath, rename, symlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { printed, startXsys, xsys } from "../support/command-line.ts";
import { callAsOrdinaryUser } from "../support/ordinary-user.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";
import { threeWays } from "./three-ways.ts";

/** Repeats an action until a promise settles, because fs.watch does not report when it has started. */
async function until<T>(waiting: Promise<T>, act: (time: number) => Promise<unknown>): Promise<T> {
  let isOver = false;
  const over = waiting.finally(() => {
    isOver = true;
  });
  for (let time = 0; !isOver; time++) {
    await act(time);
    await Promise.race([over.catch(() => {}), setTimeout(20)]);
  }
  return over;
}

threeWays("watching", ({ sandbox, events, failure }) => {
  test("watch.files starts with the existing entries and ends after the duration", async () => {
    await sandbox.write("src/a.ts", "one");
    await sandbox.write("src/node_modules/b.js", "two");
    const [src, a] = [await realpath(sandbox.path("src")), await realpath(sandbox.path("src/a.ts"))];
    const params = { paths: ["src"], ignore: ["node_modules"], initial: true, duration: 0.5 };
    expect(await events("watch.files", params)).toEqual([
      { type: "exists", path: src, is_dir: true },
      { type: "exists", path: a, is_dir: false },
      { type: "ready" },
    ]);
  });

  test("fs.watch ends at the first change and reports its path", async () => {
    const file = await sandbox.write("a.txt", "one");
    await sandbox.write("b/c.txt", "one");
    const watching = events("fs.watch", { paths: ["a.txt", "b"], duration: 25 });
    const changes = await until(watching, () => appendFile(file, "more"));
    expect(changes).toEqual([{ type: "modify", path: file }]);
  });

  test("fs.watch ends without output after the duration", async () => {
    await sandbox.write("a.txt", "one");
    expect(await events("fs.watch", { paths: ["a.txt"], duration: 0.05 })).toEqual([]);
  });

  test("fs.watch-content reports the lines of the first change", async () => {
    const file = await sandbox.write("a.txt", "first\n");
    const watching = events("fs.watch-content", { paths: ["a.txt"], duration: 25, diff: true });
    const [change] = await until(watching, (time) => appendFile(file, `line ${time}\n`));
    expect(change).toMatchObject({ type: "modify", path: file });
    expect(change?.lines?.[0]).toMatchObject({ type: "added", text: expect.stringMatching(/^line \d+$/) });
  });

  test.each(["fs.watch", "fs.watch-content"] as const)(
    "%s reports that a symbolic link on the path to a file was replaced",
    async (name) => {
      await sandbox.write("map/..1/file", "one\n");
      await sandbox.write("map/..2/file", "two\n");
      await symlink("..1", sandbox.path("map/..data"));
      await symlink("..data/file", sandbox.path("map/file"));
      const watching = events(name, {
        paths: ["map/file"],
        duration: 25,
        ...(name === "fs.watch" ? {} : { diff: true }),
      });
      const [change] = await until(watching, async (time) => {
        await symlink(`..${(time % 2) + 1}`, sandbox.path("map/..tmp"));
        await rename(sandbox.path("map/..tmp"), sandbox.path("map/..data"));
      });
      expect(change).toMatchObject({ type: "modify", path: sandbox.path("map/file") });
      if (name === "fs.watch-content") {
        expect(JSON.stringify(change)).toMatch(/"text":"(one|two)".*"text":"(one|two)"/);
      }
    },
  );

  test.each(["watch.files", "watch.content", "fs.watch", "fs.watch-content"] as const)(
    "%s of a missing path is NOT_FOUND",
    async (name) => {
      const error = await failure(name, { paths: ["missing"], duration: 5 });
      expect(error).toMatchObject({ code: "NOT_FOUND", details: { path: sandbox.path("missing") } });
    },
  );

  test("under confinement, a path outside the root is DENIED", async () => {
    const error = await failure("watch.files", { paths: ["/etc"], duration: 5 }, { confined: true });
    expect(error.code).toBe("DENIED");
  });

  test("a glob that could backtrack endlessly is refused", async () => {
    const error = await failure("watch.files", { paths: ["."], ignore: ["*a*a*a*a*a*b"], duration: 5 });
    expect(error.code).toBe("INVALID_PARAMS");
  });
});

const sandbox = useSandbox();

test.each(["a.txt", "linked"])(
  "a file in a directory with execute but without read permission is watched: %s",
  async (path) => {
    const file = await sandbox.write("entered/a.txt", "one", 0o644);
    await symlink("a.txt", sandbox.path("entered/linked"));
    await chmod(sandbox.root, 0o755);
    await chmod(sandbox.path("entered"), 0o311);
    const params = { paths: [`entered/${path}`], duration: 25 };
    const watching = callAsOrdinaryUser(sandbox.root, "fs.watch", params);
    const outcome = await until(watching, (time) => appendFile(file, `${time}`));
    await chmod(sandbox.path("entered"), 0o755);
    expect(outcome).toEqual({ result: { changed: true } });
  },
);

test("fs.watch prints only the changed path, and fs.watch-content the lines, as XyPriss shows them", async () => {
  const file = await sandbox.write("a.txt", "one\ntwo\n");
  const path = xsys(["--root", sandbox.root, "fs", "watch", "a.txt", "--duration", "25"]);
  expect(await until(path, () => appendFile(file, "x"))).toMatchObject({ status: 0, stdout: `${file}\n`, stderr: "" });
  await sandbox.write("a.txt", "one\n");
  const lines = xsys(["--root", sandbox.root, "fs", "watch-content", "a.txt", "--duration", "25", "--diff"]);
  const { stdout } = await until(lines, (time) => appendFile(file, `${time}\n`));
  expect(stdout).toMatch(/^Modified: .*a\.txt\n(\+\d+: \d+\n)+$/);
});

test.each(["in this process", "through a service"])(
  "SIGINT ends watching %s without output and with status 130",
  async (way) => {
    await mkdir(sandbox.path("src"));
    const service = await startTestService();
    const connect = way === "through a service" ? ["--connect", service.socket] : [];
    const child = startXsys([...connect, "watch", "files", sandbox.path("src")]);
    const stderr = text(child.stderr as Readable);
    await printed(child, "ready");
    child.kill("SIGINT");
    const [status] = await once(child, "exit");
    expect([status, await stderr]).toEqual([130, ""]);
    service.stop(true);
    await service.ended;
  },
);

test("watch files prints one change per line", async () => {
  const file = await sandbox.write("src/a.ts", "one");
  const child = startXsys(["watch", "files", sandbox.path("src")]);
  let told = "";
  for await (const chunk of child.stdout ?? []) {
    told += chunk;
    if (told === "ready\n") await appendFile(file, "two");
    if (told.includes("modify")) child.kill("SIGTERM");
  }
  expect(told).toBe(`ready\nmodify ${file}\n`);
});
