import { expect, test } from "vitest";
import { explainLimit } from "../../internal/watching/explain-limit.ts";

test.each([
  ["ENOSPC", "fs.inotify.max_user_watches"],
  ["EMFILE", "fs.inotify.max_user_instances"],
  ["EMFILE", "ulimit -n"],
  ["ENFILE", "fs.file-max"],
])("%s names the setting to increase: %s", (code, setting) => {
  const error = explainLimit(Object.assign(new Error("watch"), { code }), "/srv/app");
  expect(error).toMatchObject({ code: "LIMIT_EXCEEDED", message: expect.stringContaining(setting) });
  expect(error).toMatchObject({ message: expect.stringContaining("/srv/app") });
});

test("any other error is passed on unchanged", () => {
  const error = Object.assign(new Error("watch"), { code: "EIO" });
  expect(explainLimit(error, "/srv/app")).toBe(error);
});
