/**
 * Writes the reference: docs/commands/ and docs/errors.md from the contracts, docs/server-flags.md from the flags. With
 * `--check` it writes nothing, lists pages that are stale, missing or left over, and exits with 1 if there are any.
 */
import { differences, writePages } from "./pages/on-disk.ts";
import { pages } from "./pages/pages.ts";

const folder = import.meta.dirname;
const [flag, ...more] = process.argv.slice(2);

if (more.length > 0 || (flag !== undefined && flag !== "--check")) {
  console.error("Usage: node docs/generate-pages.ts [--check]");
  process.exitCode = 64;
} else if (flag === "--check") {
  const found = await differences(folder, pages());
  for (const line of found) console.error(line);
  if (found.length > 0) {
    console.error("Run: node docs/generate-pages.ts");
    process.exitCode = 1;
  }
} else {
  await writePages(folder, pages());
}
