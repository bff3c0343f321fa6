import type { DetectorFactory } from "./detector.ts";
import { asSql } from "./sql-text.ts";

/**
 * Detects values that end the SQL literal they are inserted into and continue as SQL, or continue after a number:
 * constant conditions, comments at the end, UNION SELECT, statements after a semicolon, delay functions. Other SQL-like
 * text is detected only with `strictMode`.
 */
export const sqlInjection: DetectorFactory = (settings) => {
  const isStrict = settings.flag("strictMode", false);
  const patterns = isStrict ? [...INJECTIONS, ...STATEMENTS] : INJECTIONS;
  return (text, place) => {
    if (place === "xml" || (place === "header" && !text.includes("'"))) return false;
    if (!isStrict && !HINT.test(text)) return false;
    const sql = asSql(text);
    return patterns.some((pattern) => pattern.test(sql));
  };
};

/** Every injection contains one of these. */
const HINT = /['";#(]|--|\/\*|\|\||&&|\b(?:or|and|xor|union|having|group|order|exec|execute|waitfor)\b/i;

// Whitespace was reduced to single spaces, and every repetition is bounded, so each pattern's time is linear.

/** The end of the literal: a quote, or the number at the beginning of the text. */
const OUT = String.raw`(?:['"]\){0,4}|^-?\d{1,12}['"]?\){0,4})`;
const AND_OR = String.raw`(?: ?(?:\|\||&&) ?| ?\b(?:or|and|xor)\b ?)`;
const CONSTANT = String.raw`(?:-?\d{1,12}|n?['"][^'"]{0,64}['"]|true|false|null|0x[0-9a-f]{1,32})`;
const COMPARED = String.raw` ?(?:<=>|<>|!=|<=|>=|=|<|>|(?<=['" )])(?:not )?(?:like|rlike|regexp|in|is)\b) ?`;
const END = String.raw`;?(?:--|#|\/\*)[ +-]?$`;
const READS =
  "(?:select|exists|ascii|ord|substr(?:ing)?|mid|length|char_length|extractvalue|updatexml|if|case|cast|convert|sleep|" +
  "benchmark|pg_sleep|randomblob|load_file|version|database|user|current_user)";
const NAME = String.raw`[\w.\x60"\[\]]{1,64}`;
const STATEMENT =
  "(?:drop (?:table|database|schema|view|user|index|procedure|trigger) |delete from |truncate (?:table )?\\w|" +
  `insert into [^;]{1,80}(?: values|\\()|update ${NAME} set ${NAME} ?=|alter (?:table|user|database|login) |` +
  "create (?:table|user|login|database|function|procedure) |exec(?:ute)?[ (](?:master|xp_|sp_|\\(|')|declare @|" +
  "waitfor delay |shutdown\\b|grant |copy \\w{1,64} from )";

const INJECTIONS: readonly RegExp[] = [
  // ' or '1'='1, 1) or (1=1
  new RegExp(`${OUT}${AND_OR}(?:not )?\\(? ?${CONSTANT}\\)?${COMPARED}\\(? ?(?:${CONSTANT}|['"])`),
  // ' or 1--, ' or true#
  new RegExp(`${OUT}${AND_OR}(?:not )?\\(?${CONSTANT}\\)? ?${END}`),
  // … or 1=1, after any text
  /\b(?:or|and) \(?(\d{1,9}) ?= ?\(?\1(?!\d)/,
  /\b(?:or|and) \(?'([^']{0,32})' ?= ?\(?'\1(?:'|$)/,
  // admin'--
  /['"`]\){0,4}(?:--|;--|;? ?#|\/\*)[ +-]?$/,
  /'\){0,4} ?;? ?--[ +-]?$/,
  // ' and ascii(…)>1, ' or (select …)
  new RegExp(`${OUT}${AND_OR}(?:not )?\\({0,4} ?${READS} ?\\(`),
  new RegExp(`${OUT}${AND_OR}(?:not )?\\({1,4} ?select `),
  // '||(select …)||', '+sleep(5)+'
  new RegExp(
    `${OUT} ?(?:\\|\\||[+,*]) ?\\({0,4} ?(?:(?<!, ?)select |(?:sleep|benchmark|pg_sleep|extractvalue|updatexml) ?\\()`,
  ),
  // ' order by 5--, 1 group by x having 1=1
  new RegExp(`${OUT} (?:order|group) by (?:\\d{1,3} ?(?:$|,)|[\\w.,]{1,64} ?(?:--|#|\\/\\*|having))`),
  new RegExp(`${OUT} having ${CONSTANT}`),
  // UNION SELECT of columns: constants, functions, or names with a table
  /\bunion (?:all |distinct )?\(?select (?:distinct )?(?:null\b|-?\d|['"@*]|0x|\w{1,32}\()/,
  /\bunion (?:all |distinct )?\(?select [\w.,`"*() @]{1,200} from [\w.`"[]/,
  // '; drop table x, 1; waitfor delay …
  new RegExp(`(?:['"\`]\\){0,4}|^-?\\d{1,12}\\){0,4}|^[\\w@.-]{0,64}) ?; ?${STATEMENT}`),
  /;? ?waitfor (?:delay|time) ?['"(]/,
  /\bexec(?:ute)? (?:master\.{1,2})?xp_cmdshell\b/,
  /['"`)] ?into (?:out|dump)file ?['"]/,
];

/** Any SQL, which is also usual in texts about SQL. */
const STATEMENTS: readonly RegExp[] = [
  /\bselect\b.{1,200}\bfrom [\w.`"[]/,
  new RegExp(`\\b${STATEMENT}`),
  /\b(?:sleep|benchmark|pg_sleep|load_file|xp_cmdshell|extractvalue|updatexml) ?\(/,
  /\b(?:information_schema|pg_catalog|sysobjects|sqlite_master)\b/,
  new RegExp(`['"\`]${AND_OR}[\\w.]{1,64}${COMPARED}['"\\w]`),
  /['"`] ?(?:--|#|;)/,
  /--[ +]?$/,
];
