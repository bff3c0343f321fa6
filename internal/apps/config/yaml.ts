import { type Document, isScalar, Lexer, LineCounter, Parser, parseDocument, visit } from "yaml";

/** Aliases may multiply a value: 100 of them are more than a configuration needs. */
const MAX_ALIASES = 100;
/** Open collections in the syntax tree, up to three for each level of a value. */
const MAX_OPEN = 128;
/** Words, marks, spaces and line ends: about six in a line. Parsing takes some microseconds for each. */
const MAX_LEXEMES = 200_000;

/** The values of a text in YAML 1.2: `yes` and `no` are texts. @throws Error with line and column */
export function parseYaml(text: string): unknown {
  refuseHuge(text);
  const lines = new LineCounter();
  // The library's own checks of errors and keys take quadratic time: 300 s for a million errors, 67 s for 60,000 keys.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true });
  const [error] = document.errors;
  if (error !== undefined) throw failure(error.message, error.pos[0], lines);
  refuseSameKeys(document, lines);
  return document.toJS({ maxAliasCount: MAX_ALIASES });
}

/** The parser is recursive, and takes 19 s for 400,000 open brackets until its stack overflows. */
function refuseHuge(text: string): void {
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes++;
    if (lexemes > MAX_LEXEMES) throw new Error(`more than ${MAX_LEXEMES} words and marks`);
    for (const _ of parser.next(lexeme)); // runs the parser
    if (parser.stack.length > MAX_OPEN) throw new Error("values more than 32 levels deep");
  }
}

function refuseSameKeys(document: Document, lines: LineCounter): void {
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) throw failure(`the key ${key.value} occurs twice`, key.range?.[0] ?? 0, lines);
        keys.add(key.value);
      }
    },
  });
}

function failure(message: string, place: number, lines: LineCounter): Error {
  const { line, col } = lines.linePos(place);
  return new Error(`${message} at line ${line}, column ${col}`);
}
