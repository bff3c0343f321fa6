import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { descendantsOf, processesWith } from "../../internal/processes/descendants.ts";
import { identityOf, type ProcessIdentity } from "../../internal/processes/identity.ts";
import { blockUntilZombie } from "../support/block.ts";
import { FOREVER, useShells } from "../support/shells.ts";
import { signalProcess } from "../support/signal-process.ts";

const INSIDE = new URL("fixtures/inside-app.ts", import.meta.url).pathname;
const NAME = "XSYS_TEST_MARK";
const shells = useShells();

/** A process with a child that has cleared its environment, and one that has left its group, session and tree. */
async function app(value: string) {
  const script = `env -i sh -c 'echo $$; ${FOREVER}' & setsid sh -c 'echo $$; ${FOREVER}' & wait`;
  const env = { ...process.env, [NAME]: value };
  const { child, identity } = await shells.shell(script, { env });
  const pids: number[] = [];
  for await (const chunk of child.stdout ?? []) {
    pids.push(...String(chunk).trim().split("\n").map(Number));
    if (pids.length === 2) break;
  }
  const found = pids.map(shells.add);
  const cleared = found.find(({ pid }) => !processesWith(NAME, value).some((each) => each.pid === pid));
  const escaped = found.find(({ pid }) => pid !== cleared?.pid);
  if (cleared === undefined || escaped === undefined) throw new Error(`unexpected processes: ${pids}`);
  return { child, identity, cleared, escaped };
}

test("processes are found by a variable of their environment, by its whole name and value", async () => {
  const value = randomUUID();
  const { identity } = await shells.shell(FOREVER, { env: { ...process.env, [NAME]: value } });
  const found = processesWith(NAME, value).filter(({ pid }) => pid === identity.pid);
  expect(found).toEqual([identity]);
  expect(processesWith(NAME.slice(1), value)).toEqual([]);
  expect(processesWith(NAME, value.slice(1))).toEqual([]);
  expect(processesWith(NAME, value.slice(0, -1))).toEqual([]);
  expect(processesWith(NAME, "")).toEqual([]);
});

test("descendants are those of the tree and those with the mark", async () => {
  const value = randomUUID();
  const { identity, cleared, escaped } = await app(value);
  const found = descendantsOf(identity, { name: NAME, value });
  for (const each of [cleared, escaped]) expect(found).toContainEqual(each);
  expect(found).not.toContainEqual(identity);
  const others = descendantsOf(identity, { name: NAME, value: "another" });
  expect(others).toContainEqual(cleared);
});

test("descendants with the mark are found after the end of the process; another with its pid has none", async () => {
  const value = randomUUID();
  const { child, identity, cleared, escaped } = await app(value);
  const exited = once(child, "exit");
  signalProcess(identity.pid, "SIGKILL");
  await exited;
  const found = descendantsOf(identity, { name: NAME, value });
  expect(found).toContainEqual(escaped);
  expect(found).not.toContainEqual(cleared);
  const itself = identityOf(process.pid) as ProcessIdentity;
  expect(descendantsOf({ ...itself, start: itself.start - 1 }, { name: NAME, value: "another" })).toEqual([]);
});

test("zombies are not among them", async () => {
  const { parent, child } = await shells.family(":", "exec sleep 60");
  const mark = { name: NAME, value: "another" };
  const identity = identityOf(parent.pid ?? 0) as ProcessIdentity;
  expect(descendantsOf(identity, mark)).toContainEqual(child);
  signalProcess(child.pid, "SIGKILL");
  blockUntilZombie(child);
  expect(descendantsOf(identity, mark)).not.toContainEqual(child);
});

test("a process that looks for them is not among them, nor are its ancestors", async () => {
  const value = randomUUID();
  const script = `sh -c '${FOREVER}' & echo $!; TOP=$$ sh -c '"$NODE" "$INSIDE" "$NAME" "$VALUE"; true'; true`;
  const env = { ...process.env, [NAME]: value, NODE: process.execPath, INSIDE, NAME, VALUE: value };
  const { child, identity } = await shells.shell(script, { env });
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })[Symbol.asyncIterator]();
  const sibling = shells.add(Number((await lines.next()).value));
  const { pid, parent, marked, descendants } = JSON.parse((await lines.next()).value ?? "");
  for (const each of [pid, parent, identity.pid, sibling.pid]) expect(marked).toContain(each);
  expect(descendants).toContain(sibling.pid);
  for (const each of [pid, parent, identity.pid]) expect(descendants).not.toContain(each);
});
