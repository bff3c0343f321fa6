import { ok } from "node:assert";
import { Readable } from "node:stream";
import { FormRefusal, openFormReader } from "../../../internal/gateway/uploads/read-form.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { fakeExchange } from "../../gateway/fake-exchange.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import type { Target } from "../target.ts";

const TYPES = [
  "multipart/form-data; boundary=b",
  'multipart/form-data; boundary="b"',
  "multipart/form-data",
  "multipart/form-data; boundary=",
  "multipart/form-data; boundary=b; charset=x",
];
let readForm: Awaited<ReturnType<typeof openFormReader>> | undefined;

/** Valid and damaged multipart bodies: each is read to the end or rejected with 400 or 413, and never left pending. */
export const forms: Target = {
  name: "forms",
  share: 0.02,
  try: async (random) => {
    readForm ??= await openFormReader();
    const whole = Buffer.from(form(random));
    const body = Readable.from(random.split(random.chance(0.5) ? mutate(random, whole) : whole));
    const type = random.chance(0.9) ? (TYPES[0] as string) : random.pick(TYPES);
    const exchange = fakeExchange({ method: "POST", headers: { "content-type": type } });
    const drain = async ({ stream }: { stream: Readable }) => {
      for await (const _ of stream);
    };
    try {
      await readForm(exchange, body, {
        field: (name, value) => ok(typeof `${name}${value}` === "string"),
        file: drain,
      });
    } catch (error) {
      const isRefusal = error instanceof FormRefusal && [400, 413].includes(error.answer.status);
      if (!isRefusal && !(error instanceof XsysError)) throw error;
    }
  },
};

/** The text of a form with the boundary `b`, mostly valid. */
export function form(random: Random): string {
  const parts = random.list(4, () => {
    const file = random.chance(0.5) ? `; filename="${random.text()}"` : "";
    const type = random.chance(0.3)
      ? `\r\ncontent-type: ${random.pick(["text/plain", "image/png", random.text()])}`
      : "";
    return `--b\r\ncontent-disposition: form-data; name="${random.text()}"${file}${type}\r\n\r\n${random.text()}\r\n`;
  });
  return `${parts.join("")}--b--\r\n`;
}
