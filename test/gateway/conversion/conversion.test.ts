import { Readable } from "node:stream";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { createConversion } from "../../../internal/gateway/conversion/conversion.ts";
import { jsonToXml } from "../../../internal/gateway/conversion/json-to-xml.ts";
import { xmlToJson } from "../../../internal/gateway/conversion/xml-to-json.ts";
import { isAnswer } from "../../../internal/gateway/exchange/answer.ts";
import type { ConversionOptions } from "../../../internal/gateway/options.ts";
import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import { fc } from "../../support/property.ts";
import { exchangeOf, request } from "../guards/support.ts";

const OPTIONS: ConversionOptions = {
  xmlToJson: true,
  attributePrefix: "@",
  textKey: "#text",
  maxSize: 10_000_000,
  autoReply: true,
  strict: true,
  sniff: false,
};
const XML = { "content-type": "application/xml" };

function asked(body: string | Buffer, headers: Headers = XML): WorkerRequest {
  return { ...request("/", headers), method: "POST", body: Buffer.from(body) };
}

/** The request for the worker, or the answer that refuses it. */
function given(what: WorkerRequest, options: Partial<ConversionOptions> = {}) {
  const result = createConversion({ ...OPTIONS, ...options }).requestFilter(what, exchangeOf(what));
  return result as WorkerRequest;
}

function refusal(what: WorkerRequest): string {
  const result = given(what);
  return isAnswer(result) ? `${result.status} ${JSON.parse(String(result.body)).error}` : `passed ${result.body}`;
}

const LONG = `${"long ".repeat(30)}&amp; text`;
const PLAIN = LONG.replace("&amp;", "&");
const SHAPES: readonly [title: string, xml: string, json: unknown][] = [
  ["an element of text", "<a>x</a>", { a: "x" }],
  ["an empty element", '<?xml version="1.0"?><a/>', { a: "" }],
  ["attributes, with text", "<a b=\"1\" c='2'>x</a>", { a: { "@b": "1", "@c": "2", "#text": "x" } }],
  ["nested elements", "<a><b>1</b><c>2</c></a>", { a: { b: "1", c: "2" } }],
  ["repeated elements", "<a><b>1</b><b/><b>3</b></a>", { a: { b: ["1", "", "3"] } }],
  ["text among elements", "<a>one<b/>two</a>", { a: { b: "", "#text": "onetwo" } }],
  [
    "what looks like numbers and booleans",
    "<a><b>007</b><c>1e3</c><d>true</d></a>",
    { a: { b: "007", c: "1e3", d: "true" } },
  ],
  ["CDATA, comments and instructions", "<a><!-- <!DOCTYPE --><?pi x?><![CDATA[<b> & </b>]]></a>", { a: "<b> & </b>" }],
  ["references", "<a b='&quot;&#65;'>&lt;&#x42;&amp;lt;</a>", { a: { "@b": '"A', "#text": "<B&lt;" } }],
  [
    "long texts, with blanks around them",
    `<a>\n ${LONG} <!-- - --> one<b x="${LONG}>">${" ".repeat(100)}${LONG}</b> </a>`,
    { a: { b: { "@x": `${PLAIN}>`, "#text": PLAIN }, "#text": `${PLAIN}  one` } },
  ],
  [
    "what looks like markup in quotes and sections",
    `<a b="> ' ${LONG}"><!-- ${LONG}"'> --><?p ${LONG} x='>'?><![CDATA[${LONG}>]]>&amp;</a>`,
    { a: { "@b": `> ' ${PLAIN}`, "#text": `${LONG}>&` } },
  ],
  [
    "namespaces, as they are written",
    '<s:a xmlns:s="urn:x"><s:b/></s:a>',
    { "s:a": { "@xmlns:s": "urn:x", "s:b": "" } },
  ],
];

describe("an XML request reaches the worker as JSON", () => {
  test.each(SHAPES)("%s", (_, xml, json) => {
    const { body, headers } = given(asked(xml, { ...XML, accept: "*/*", "content-length": String(xml.length) }));
    expect(JSON.parse(String(body))).toEqual(json);
    expect(headers).toEqual({
      accept: "*/*",
      "content-type": "application/json",
      "content-length": String(body?.length),
      "x-xhsc-origin-format": "xml",
    });
  });

  test("with the configured attribute prefix and text key", () => {
    const { body } = given(asked('<a b="1">x</a>'), { attributePrefix: "$", textKey: "_" });
    expect(JSON.parse(String(body))).toEqual({ a: { $b: "1", _: "x" } });
  });

  test.each(["text/xml", "Application/XML; charset=utf-8", "application/soap+xml"])("with the type %s", (type) => {
    expect(String(given(asked("<a/>", { "content-type": type })).body)).toBe('{"a":""}');
  });

  test.each([
    ["the mark of UTF-16", Buffer.from("\ufeff<a>é</a>", "utf16le"), "application/xml"],
    ["UTF-16 without a mark", Buffer.from("<a>é</a>", "utf16le"), "application/xml"],
    ["the mark of UTF-8", Buffer.from("\ufeff<a>é</a>"), "application/xml"],
    ["the content type", Buffer.from("<a>é</a>", "latin1"), 'text/xml; charset="ISO-8859-1"'],
    ["the declaration", Buffer.from('<?xml version="1.0" encoding="windows-1252"?><a>é</a>', "latin1"), "text/xml"],
  ])("in the encoding given by %s", (_, bytes, type) => {
    expect(String(given(asked(bytes, { "content-type": type })).body)).toBe('{"a":"é"}');
  });
});

describe("invalid XML is refused with 400 and its position, and passed unchanged without strict", () => {
  test.each([
    ["an element that is not closed", "<a>\n <b>\n</a>", "line 3, column 1"],
    ["an attribute without quotes", "<a b=1/>", "line 1"],
    ["text that is not XML", "hello", "line 1, column 1"],
    ["two roots", "<a/><b/>", "one root element"],
    ["two roots with the same name", "<a/><a/>", "one root element"],
    ["an undeclared entity", "<a>&foo;</a>", "Unknown entity &foo;"],
    ["a reference to an invalid character", "<a>&#0;</a>", "&#0;"],
    ["an invalid character", "<a>\uffff0\uffff</a>", "U+FFFF"],
    ["a document type", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "A document type is not allowed"],
    [
      "an external entity",
      '<!doctype a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      "A document type is not",
    ],
    ["the name of a member of every object", "<__proto__><x>1</x></__proto__>", "reserved"],
    ["invalid UTF-8", Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), "not valid utf-8"],
    ["an unknown encoding", '<?xml version="1.0" encoding="x-none"?><a/>', "Unknown encoding x-none"],
  ])("%s", (_, xml, words) => {
    expect(refusal(asked(xml))).toMatch(/^400 /);
    expect(refusal(asked(xml))).toContain(words);
    const what = asked(xml);
    expect(given(what, { strict: false })).toBe(what);
  });

  test.each([
    [
      "a billion laughs",
      `<!DOCTYPE l [<!ENTITY a "lol">${Array.from("bcdefghi", (name, i) => `<!ENTITY ${name} "${`&${"abcdefgh"[i]};`.repeat(10)}">`).join("")}]><l>&i;</l>`,
      "A document type",
    ],
    ["deep nesting", "<a>".repeat(300_000) + "</a>".repeat(300_000), "More than 20000 tags"],
    ["nesting within the number of tags", "<a>".repeat(9_000) + "</a>".repeat(9_000), "Maximum nested tags"],
    ["very many elements", `<r>${"<a/>".repeat(100_000)}</r>`, "More than 20000 tags"],
    [
      "very many attributes",
      `<a ${Array.from({ length: 30_000 }, (_, i) => `a${i}="1"`).join(" ")}/>`,
      "10000 attributes",
    ],
    ["very many references", `<a>${"&amp;".repeat(300_000)}</a>`, "200000 references"],
    ["an attribute given twice", '<a b="1" b="2"/>', "repeated"],
    ["tags that are never closed", "<a".repeat(19_000), "Tag"],
    ["comments that are never closed", `<a>${"<!--".repeat(100_000)}`, "400"],
    ["a reference that is never closed", `<a>${"&".repeat(1_000_000)}</a>`, "400"],
  ])("%s, without delay", (_, xml, words) => {
    const startedAt = performance.now();
    expect(refusal(asked(xml))).toContain(words);
    // Quadratic or exponential time would be minutes.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

test.each<[string, WorkerRequest, Partial<ConversionOptions>]>([
  ["of another type", asked("<a/>", { "content-type": "text/html" }), {}],
  ["above the size limit", asked("<a>123456</a>"), { maxSize: 10 }],
  ["that is compressed", asked("<a/>", { ...XML, "content-encoding": "gzip" }), {}],
  ["without a type, unless it is to be guessed", asked("<a/>", {}), {}],
  ["without a type and without a <", asked("x", {}), { sniff: true }],
  ["with conversion off", asked("<a/>"), { xmlToJson: false }],
  ["without a body", { ...request("/", XML), method: "POST" }, {}],
])("a body %s is not changed", (_, what, options) => {
  expect(given(what, options)).toBe(what);
});

test("a body without a type that begins with < is converted if sniffing is enabled", () => {
  expect(String(given(asked("<a/>", {}), { sniff: true }).body)).toBe('{"a":""}');
});

test("a client cannot set the header that marks a request as XML", () => {
  expect(given(request("/", { "x-xhsc-origin-format": "xml", accept: "a" })).headers).toEqual({ accept: "a" });
});

describe("the response to an XML request is sent as XML", () => {
  const JSON_TYPE = { "content-type": "application/json" };

  async function answered(
    body: string | Readable,
    headers: Headers = JSON_TYPE,
    options: Partial<ConversionOptions> = {},
  ) {
    const { requestFilter, answerFilter } = createConversion({ ...OPTIONS, ...options });
    const what = asked("<a/>");
    const exchange = exchangeOf(what);
    await requestFilter(what, exchange);
    const answer = { status: 201, headers, body: typeof body === "string" ? Buffer.from(body) : body };
    return { answer, result: await answerFilter(answer, exchange), answerFilter };
  }

  test.each([
    ['{"a":{"@b":"1","#text":"x","c":[1,true,null]}}', '<a b="1">x<c>1</c><c>true</c><c/></a>'],
    ['{"a":1,"b":"<&>"}', "<response><a>1</a><b>&lt;&amp;&gt;</b></response>"],
    [
      '[1,[2,3],{"x":4}]',
      "<response><item>1</item><item><item>2</item><item>3</item></item><item><x>4</x></item></response>",
    ],
    ['"text"', "<response>text</response>"],
    ["{}", "<response></response>"],
    ['{"list":[1,2]}', "<response><list>1</list><list>2</list></response>"],
    ['{"1 x":{"a b":"\\u0000"},"@y":"\\"\\n"}', '<response y="&quot;&#10;"><_1_x><a_b>\ufffd</a_b></_1_x></response>'],
  ])("%s", async (json, xml) => {
    const { result } = await answered(json);
    expect(String(result.body)).toBe(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
    expect(result).toMatchObject({ status: 201, headers: { "content-type": "application/xml; charset=utf-8" } });
  });

  test("but not to another request, or with the option off", async () => {
    const { answer, answerFilter } = await answered("{}");
    expect(answerFilter(answer, exchangeOf(request("/")))).toBe(answer);
    const off = await answered("{}", JSON_TYPE, { autoReply: false });
    expect(off.result).toBe(off.answer);
  });

  test.each<[string, string | Readable, Headers?, Partial<ConversionOptions>?]>([
    ["another type", "{}", { "content-type": "text/plain" }],
    ["invalid JSON", "{"],
    ["a stream", Readable.from(["{}"])],
    ["compressed bytes", "{}", { ...JSON_TYPE, "content-encoding": "br" }],
    ["a body above the size limit", JSON.stringify("x".repeat(100)), JSON_TYPE, { maxSize: 50 }],
    ["a body nested too deeply", "[".repeat(1_000) + "]".repeat(1_000)],
    [
      "a long name for very many elements",
      JSON.stringify({ ["n".repeat(50_000)]: Array(50_000).fill(1) }),
      JSON_TYPE,
      { maxSize: 200_000 },
    ],
  ])("%s is not converted", async (_, body, headers, options) => {
    const { answer, result } = await answered(body, headers, options);
    expect(result).toBe(answer);
  });

  test("any value gives a well-formed document", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: "binary" }), (value) => {
        expect(XMLValidator.validate(jsonToXml(value, OPTIONS, 1e7) ?? "")).toBe(true);
      }),
    );
  });

  test.each(SHAPES)("and converting back gives the same value: %s", (_, _xml, json) => {
    expect(xmlToJson(jsonToXml(json, OPTIONS, 1e7) ?? "", OPTIONS)).toEqual(json);
  });
});
