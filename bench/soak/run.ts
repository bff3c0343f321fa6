/**
 * Soak test: `npm run soak -- --minutes N`. Puts a service and a server under load with aborted requests and killed
 * workers, twice, and checks whether their memory or other resources grow. With `--program dist/xsys` it measures the
 * executable, of which only the system's figures are known, and checks its memory at rest. The exit status is 1 when
 * something grew or is above its limit.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Ordeal } from "./ordeal.ts";
import { serverOrdeal } from "./server-ordeal.ts";
import { serviceOrdeal } from "./service-ordeal.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "5" }, program: { type: "string" } } });
const folder = await mkdtemp(join(tmpdir(), "xsys-soak-"));
try {
  process.exitCode = await soak(Number(values.minutes) * 60_000);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function soak(milliseconds: number): Promise<number> {
  await mkdir(join(folder, "tree/sub"), { recursive: true });
  await writeFile(join(folder, "tree/a.txt"), "some text\n".repeat(1_000));
  const program = values.program === undefined ? undefined : await copied(values.program);
  const settings = [serviceOrdeal(folder, program), serverOrdeal(folder, program)];
  const ordeals = await Promise.all(settings.map((setting) => Ordeal.start(setting)));
  try {
    await Promise.all(ordeals.map((ordeal) => ordeal.run(milliseconds, console.error)));
    const trends = ordeals.flatMap((ordeal) => ordeal.judge(console.log));
    for (const trend of trends) console.log(`failed: ${trend}`);
    return trends.length === 0 ? 0 : 1;
  } finally {
    await Promise.all(ordeals.map((ordeal) => ordeal[Symbol.asyncDispose]()));
  }
}

/**
 * The build has just written the executable, in large pieces. Linux caches it in large pages, and maps more of them into
 * the process than of a copy: 36 MiB more are resident, all of them the file's own pages.
 */
async function copied(program: string): Promise<string> {
  const copy = join(folder, "xsys");
  await copyFile(program, copy);
  return copy;
}
