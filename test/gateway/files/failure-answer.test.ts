import { expect, test } from "vitest";
import { failureAnswer } from "../../../internal/gateway/files/failure-answer.ts";
import { FileChangedError, NoFileError } from "../../../internal/gateway/files/file-errors.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { fakeLog } from "../fake-log.ts";

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test.each([
  [new NoFileError("a FIFO"), 404, 0],
  [errno("ENOENT"), 404, 0],
  [errno("ENOTDIR"), 404, 0],
  [errno("ELOOP"), 404, 0],
  [errno("EACCES"), 403, 0],
  [errno("EMFILE"), 503, 1],
  [new XsysError("LIMIT_EXCEEDED", "too many"), 503, 1],
  [new FileChangedError("again and again"), 503, 1],
  [errno("EIO"), 500, 1],
])("%s is answered with %i, without a path, and gives %i log lines", (error, status, count) => {
  const { log, lines } = fakeLog();
  const answer = failureAnswer(error, "/srv/secret", fakeExchange(), log);
  expect(answer.status).toBe(status);
  expect(String(answer.body)).not.toContain("/srv");
  expect(lines).toHaveLength(count);
  for (const line of lines) expect(line).toMatchObject({ level: "warn", path: "/srv/secret" });
});
