import { Busboy } from "@fastify/busboy";
import { MOST_TEXT } from "./text-of-request.ts";

/** Names and values of the text fields of a multipart form; of a malformed form, those before the error. */
export function formFields(body: Uint8Array, contentType: string): Promise<[name: string, value: string][]> {
  return new Promise((resolve) => {
    const fields: [string, string][] = [];
    const done = () => resolve(fields);
    try {
      const parser = new Busboy({
        headers: { "content-type": contentType },
        limits: { fields: 1_000, fieldSize: MOST_TEXT, files: 100, parts: 1_000, headerPairs: 100 },
      });
      parser.on("field", (name, value) => fields.push([name, value]));
      parser.on("file", (_, file) => file.resume());
      parser.on("error", done);
      parser.on("finish", done);
      parser.end(body);
    } catch {
      done();
    }
  });
}
