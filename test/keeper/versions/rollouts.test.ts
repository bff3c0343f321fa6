import { describe, expect, test } from "vitest";
import { Turns } from "../../../internal/keeper/turns.ts";
import { Rollouts } from "../../../internal/keeper/versions/rollouts.ts";
import { appSpec } from "../support/app-spec.ts";

/** Rollouts of an app, of which the first is in progress until `finish` is called. */
async function scene() {
  const turns = new Turns();
  const rollouts = new Rollouts();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const done: string[] = [];
  const run = (word: string, isKnown = true) =>
    rollouts.run(
      isKnown ? appSpec("web", { command: ["/bin/web", word] }) : undefined,
      (act) => turns.take(act),
      async () => {
        begin();
        if (word === "first") await finished;
        done.push(word);
      },
    );
  const first = run("first");
  await begun;
  return { rollouts, run, done, first, finish };
}

const OVERTAKEN = { code: "BUSY", message: expect.stringContaining("overtaken by a later change") };

describe("rollouts of an app", () => {
  test("one that waits is skipped for a later one, and the one in progress is not", async () => {
    const { run, done, first, finish } = await scene();
    const second = run("second").catch((error: unknown) => error);
    const third = run("third");
    expect(await second).toMatchObject(OVERTAKEN); // at once
    finish();
    await Promise.all([first, third]);
    expect(done).toEqual(["first", "third"]);
  });

  test("the same description twice is not overtaken", async () => {
    const { run, done, finish } = await scene();
    const same = [run("same"), run("same")];
    finish();
    await Promise.all(same);
    expect(done.slice(-2)).toEqual(["same", "same"]);
  });

  test("one that depends on what runs overtakes none, and is overtaken", async () => {
    const { run, done, finish, first } = await scene();
    const second = run("second");
    const rollback = run("rollback", false);
    finish();
    await Promise.all([first, second, rollback]);
    expect(done).toEqual(["first", "second", "rollback"]);

    const other = await scene();
    const skipped = other.run("rollback", false).catch((error: unknown) => error);
    const last = other.run("last");
    other.finish();
    await last;
    expect(await skipped).toMatchObject(OVERTAKEN);
  });

  test("are counted until they have ended, also those that fail before their turn", async () => {
    const { rollouts, first, finish } = await scene();
    const refused = rollouts.run(
      undefined,
      async () => {
        throw new Error("closed");
      },
      async () => {},
    );
    await expect(refused).rejects.toThrow("closed");
    expect(rollouts.isEmpty).toBe(false);
    finish();
    await first;
    expect(rollouts.isEmpty).toBe(true);
  });
});
