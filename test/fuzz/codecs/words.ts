import { deepStrictEqual, ok } from "node:assert";
import { parseWords } from "../../../cmd/xsys/argv.ts";
import { kindsOf, readFlags } from "../../../cmd/xsys/flags/read-flags.ts";
import { GLOBAL_OPTIONS } from "../../../cmd/xsys/globals.ts";
import { complete } from "../../../cmd/xsys/help/complete.ts";
import { SERVER_FLAGS } from "../../../cmd/xsys/server/groups.ts";
import { WORDS } from "../../../cmd/xsys/words.ts";
import { contracts } from "../../../protocol/commands/index.ts";
import { optionKinds, optionName, paramsFromWords, requiredTexts } from "../../../protocol/contract/params.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { outcomeOf, type Target } from "../target.ts";

const GLOBALS = Object.keys(GLOBAL_OPTIONS);
const SERVER_KINDS = kindsOf(SERVER_FLAGS);

/** Command lines: each is parsed or rejected with INVALID_PARAMS, and completion always returns a list. */
export const words: Target = {
  name: "words",
  share: 0.1,
  try: (random) => {
    const contract = random.pick(contracts);
    const options = [...optionKinds(contract).keys(), ...GLOBALS];
    const given = [contract.module, contract.action, ...random.list(8, () => word(random, options))];
    outcomeOf(["INVALID_PARAMS"], () => {
      const read = parseWords(given, { kinds: optionKinds(contract), texts: 2 + requiredTexts(contract) });
      const params = paramsFromWords(contract, { ...read, positionals: read.positionals.slice(2) });
      const known = Object.keys(contract.params.properties ?? {});
      deepStrictEqual(
        Object.keys(params).filter((name) => !known.includes(name)),
        [],
      );
    });
    ok(Array.isArray(complete(random.chance(0.8) ? given : [random.pick(Object.keys(WORDS)), ...given])));
    if (random.chance(0.2)) tryServerFlags(random);
  },
};

function tryServerFlags(random: Random): void {
  const options = Object.keys(SERVER_FLAGS);
  const given = random.list(8, () => word(random, options));
  outcomeOf(["INVALID_PARAMS"], () => {
    const values = readFlags(SERVER_FLAGS, parseWords(given, { kinds: SERVER_KINDS }).options);
    deepStrictEqual(Object.keys(values).length, options.length);
  });
}

function word(random: Random, options: readonly string[]): string {
  const text = random.chance(0.2) ? mutate(random, Buffer.from(random.text())).toString() : random.text();
  if (random.chance(0.4)) return text;
  const name = optionName(random.pick(options));
  return random.chance(0.5) ? `--${name}` : `--${name}=${text}`;
}
