import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OWN_SCHEMA } from "../../internal/apps/config/own-schema.ts";
import { PM2_SCHEMA } from "../../internal/apps/config/pm2-schema.ts";

const page = readFileSync(new URL("../../docs/app-configuration.md", import.meta.url), "utf8");

test.each(Object.keys(OWN_SCHEMA.properties ?? {}))("the page names the field %s", (name) => {
  expect(page).toMatch(new RegExp(`\`${name}[\`.]`));
});

test("the page names exactly the fields of pm2 that have an effect", () => {
  const listed = /Of pm2's fields these are used: ([^:]*?)\.\n/s.exec(page)?.[1] ?? "";
  const names = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name).filter((name) => name !== "env_NAME");
  const used = Object.entries(PM2_SCHEMA.properties ?? {}).filter(([, schema]) => schema["x-no-effect"] === undefined);
  const aliases = ["cron", "exec", "exec_interpreter", "interpreter_args", "interpreterArgs", "user"];
  expect(names.toSorted()).toEqual(
    used
      .map(([name]) => name)
      .filter((name) => !aliases.includes(name))
      .toSorted(),
  );
});
