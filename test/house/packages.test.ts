import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHIPPED = globSync("{cmd,internal,protocol,clients}/**/*.ts", { cwd: ROOT });

/** `import("x")` at run time. The import of a type has no `await`, `return`, `=>`, `(` or `,` before it. */
const DYNAMIC = /(?:\bawait|\breturn|=>|[(,])\s*import\(\s*"([^"]+)"/g;
const WHOLE = /\bexport \*(?: as \w+)? from "([^"]+)"/g;

function found(pattern: RegExp): { readonly file: string; readonly id: string }[] {
  return SHIPPED.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return [...text.matchAll(pattern)].map(([, id = ""]) => ({ file, id }));
  });
}

function isPackage({ id }: { readonly id: string }): boolean {
  return !id.startsWith(".") && !id.startsWith("node:");
}

/*
 * `import()` of a CommonJS package gives its named exports in Node, but only `default` in the executable's bundle. A
 * static import gives them in both. To load a package on demand, import it statically in a module of this project, and
 * load that module with `import()`.
 */
test("no package is loaded with import(), only modules of this project", () => {
  const all = found(DYNAMIC);
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(({ id }) => id === "./busboy.ts")).toHaveLength(1);
  expect(all.filter(isPackage)).toEqual([]);
});

test("no module re-exports a package with `export *`", () => {
  expect(found(WHOLE).filter(isPackage)).toEqual([]);
});
