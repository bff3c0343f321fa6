import { expect, test } from "vitest";
import { looksTemporary } from "../../internal/watching/temporary-name.ts";

test.each([
  "a.txt~",
  "4913",
  ".a.txt.swp",
  ".#a.txt",
  "a.txt.tmp",
  ".a.txt.tmp-1234",
  "package.json.1234567",
  ".subl123.tmp",
  ".xsys-12-ab3.tmp",
])("%s looks like a temporary name", (name) => {
  expect(looksTemporary(`/srv/${name}`)).toBe(true);
});

test.each(["a.txt", ".env", "page.template.html", "tmp", "a.1234", "notes.tempo", "C#", "template.ts"])(
  "%s does not look like a temporary name",
  (name) => {
    expect(looksTemporary(`/srv/tmp~/${name}`)).toBe(false);
  },
);
