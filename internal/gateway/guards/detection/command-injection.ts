import type { Detector, DetectorFactory } from "./detector.ts";

/**
 * Detects values that end the argument they are inserted into and continue with a shell command, such as
 * `8.8.8.8; cat /etc/passwd`. At most one word may precede it, because a sentence that contains a command is prose about
 * shells. Commands that occur only in attacks are detected anywhere.
 */
export const commandInjection: DetectorFactory = () => detector;

const detector: Detector = (text, place) => {
  if (text.includes("() {") && SHELLSHOCK.test(text)) return true;
  if (place === "header" || place === "xml" || !HINT.test(text)) return false;
  if (text.length <= LONGEST_VALUE && FROM_THE_START.some((pattern) => pattern.test(text))) return true;
  return ANYWHERE.some((pattern) => pattern.test(text));
};

/** A longer value is not an argument. */
const LONGEST_VALUE = 2_048;
const HINT = /[;|&`\n\r$\0{%]|\/dev\/tcp\//;
/** At most one word or address, and an optional closing quote. */
const ARGUMENT = String.raw`^\s{0,8}[^\s;|&\x60$]{0,256}['")]{0,3}\s?`;
const SEPARATOR = String.raw`(?:;|\|\|?|&&?|\r?\n|%0a)\s{0,4}`;
/** Programs whose names are not words of a language. */
const PROGRAMS =
  "whoami|uname|ifconfig|ipconfig|netstat|nslookup|systeminfo|tasklist|chmod|chown|mkfifo|printenv|lsof|crontab|" +
  "useradd|adduser|passwd|tftp|certutil|rundll32|regsvr32|powershell|pwsh|traceroute|cmd(?:\\.exe)?\\s{1,4}/c|" +
  "(?:/usr)?(?:/s?bin)/\\w{1,32}|rm\\s{1,4}-|ls(?:\\s{1,4}[-/.~]|\\s{0,4}$)|ps\\s{1,4}(?:-|aux)|nc\\s{1,4}|ncat\\s{1,4}|" +
  "(?:ba|z|k|c|da)sh\\s{1,4}-|sh\\s{1,4}-|(?:python|perl|ruby|php|node)[\\d.]{0,4}\\s{1,4}-\\w";
/** Programs whose names are words, with an argument that is typical of a program. */
const WORDS =
  "(?:cat|tac|nl|head|tail|less|more|type|cp|mv|find|ls|dir|touch|grep|echo|copy|del|xxd|strings)\\s{1,4}[^\\s]{0,32}" +
  "(?:[/\\\\~*$]\\S|[a-z]:\\\\)|(?:ping|host|dig|ssh|telnet|curl|wget)\\s{1,4}(?:-|[\\w-]{1,64}\\.\\w|https?:)|sleep\\s{1,4}\\d|" +
  "(?:curl|wget)\\s{1,4}\\S{1,64}|echo\\s{1,4}\\S{1,64}\\s{0,4}(?:>|\\||;)|(?:kill|date|id|net|dd)\\s{1,4}(?:-|user|if=)";
const COMMAND = `(?:${PROGRAMS}|${WORDS})`;
/** Empty, or an address, a number or a file name. A list such as `name;id;date` must not match. */
const VALUE = String.raw`^\s{0,8}(?:[\d.:]{1,64}|[\w./\\-]{1,256}\.\w{1,8}|\S{0,256}['")])?\s?`;
const ALONE = "(?:id|ls|ps|pwd|env|dir|whoami|hostname|ver|who|date)(?![\\w.:(])";

const FROM_THE_START: readonly RegExp[] = [
  new RegExp(`${ARGUMENT}${SEPARATOR}${COMMAND}`, "i"),
  new RegExp(`${VALUE}${SEPARATOR}${ALONE}\\s{0,4}(?:[;|&#\`'"\\n]|$)`, "i"),
  new RegExp(`^\\s{0,8}[^\\s\`]{0,256}\`(?:${COMMAND}[^\`]{0,256}|${ALONE}\\s{0,4})\`\\s{0,4}$`, "i"),
  new RegExp(`^\\s{0,8}[^\\s$]{0,256}\\$\\((?:${COMMAND}|${ALONE})[^)]{0,256}\\)(?!\\.)`, "i"),
];

const ANYWHERE: readonly RegExp[] = [
  /[;|&`\n(]\s{0,4}(?:cat|tac|nl|head|tail|less|more)\s{1,4}[^\s]{0,64}\/etc\/(?:passwd|shadow)/,
  /\/dev\/(?:tcp|udp)\/[\w.-]{1,64}\/\d/,
  /\w\$(?:\{IFS\}|IFS\b)[\w/$.*-]/,
  /\bnc(?:at)?\s{1,4}(?:-\w{1,8}\s{1,4}){0,4}(?:-e|-c)\s/,
  /[;|&\n]\s{0,4}rm\s{1,4}-(?:rf|fr|r\s{1,4}-f)\s{1,4}(?:--no-preserve-root\s{1,4})?\/(?:\s|$|\*)/,
];

/** Function definitions in environment variables, which old versions of bash executed (Shellshock). */
const SHELLSHOCK = /^\s{0,8}\(\) \{\s{0,4}[^};\s]{0,32};?\s{0,4}\}\s{0,4};\s{0,8}\S/;
