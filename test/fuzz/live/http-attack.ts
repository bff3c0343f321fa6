import { ok } from "node:assert";
import { form } from "../codecs/forms.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { attack } from "./attacker.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "PURGE", "get", ""];
const TARGETS = [
  "/",
  "*",
  "/a?b=c&b=d",
  "//",
  "/%",
  "/%00",
  "/..%2f..%2fetc/passwd",
  "http://other/x",
  "/_xypriss/b/status",
];
const HEADERS = [
  "accept-encoding: gzip, br;q=0, *;q=0.1",
  "range: bytes=0-,-1,5-2",
  "cookie: a=b; a; =; \u00ff",
  "x-forwarded-for: 1.2.3.4, , ::1",
  "expect: 100-continue",
  "connection: upgrade\r\nupgrade: websocket",
  "transfer-encoding: chunked",
  "content-length: 5",
  "if-none-match: *, W/",
  "x: y\r\n folded",
];
const BODIES: Readonly<Record<string, (random: Random) => string>> = {
  "multipart/form-data; boundary=b": form,
  "application/json": (random) => JSON.stringify(random.value()),
  "application/xml": (random) => `<a ${random.text()}='1'><b>${random.text()}</b><![CDATA[${random.text()}]]></a>`,
  "application/x-www-form-urlencoded": (random) => `a=${random.text()}&a[]=${random.text()}&%=1`,
  "text/plain": (random) => random.text(),
};

/** Sends one request, or bytes that look like one, on a new connection. Checks that any response is HTTP. */
export async function attackHttp(random: Random, port: number): Promise<void> {
  const whole = random.chance(0.95) ? request(random) : random.bytes(random.below(200));
  const bytes = random.chance(0.4) ? mutate(random, whole) : whole;
  const answer = await attack(random, { port, host: "127.0.0.1" }, random.split(bytes, 4));
  ok(answer.length === 0 || /^HTTP\/1\.1 \d{3} /.test(answer.toString("latin1")), `answered ${answer}`);
}

function request(random: Random): Buffer {
  const type = random.pick(Object.keys(BODIES));
  const body = Buffer.from(BODIES[type]?.(random) ?? "");
  const target = random.chance(0.8) ? random.pick(TARGETS) : `/${encodeURI(random.text().toWellFormed())}`;
  const isChunked = random.chance(0.2);
  const head = [
    `${random.chance(0.8) ? random.pick(["GET", "POST"]) : random.pick(METHODS)} ${target} HTTP/1.1`,
    "host: x",
    `content-type: ${type}`,
    isChunked ? "transfer-encoding: chunked" : `content-length: ${body.length}`,
    ...random.list(3, () => random.pick(HEADERS)),
  ];
  const parts = isChunked ? [`${body.length.toString(16)};x=y\r\n`, body, "\r\n0\r\nt: r\r\n\r\n"] : [body];
  return Buffer.concat([`${head.join("\r\n")}\r\n\r\n`, ...parts].map((part) => Buffer.from(part)));
}
