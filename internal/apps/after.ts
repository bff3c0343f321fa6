import { APP_NAME, type AppSpec } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";
import { mustBe } from "./quantities.ts";

/** The apps that it is started after. Whether they exist is checked when it is started. @throws INVALID_PARAMS */
export function afterOf({ after = [] }: Pick<AppDefinition, "after">): Pick<AppSpec, "after"> {
  const names = [...new Set([after].flat())];
  const wrong = names.find((name) => !APP_NAME.test(name));
  if (wrong !== undefined) throw mustBe("after", "a name of an app, or a list of names", wrong);
  return names.length === 0 ? {} : { after: names };
}
