import { describe, expect, test } from "vitest";
import { inEndOrder, inStartOrder, refuseImpossibleOrder } from "../../internal/keeper/start-order.ts";
import { StartWait } from "../../internal/keeper/start-wait.ts";

const app = (name: string, ...after: string[]) => ({ name, ...(after.length > 0 && { after }) });
const names = (apps: readonly { readonly name: string }[]) => apps.map(({ name }) => name).join(" ");

describe("the order of starts", () => {
  test("has each app after those that it names, and otherwise keeps the given order", () => {
    expect(names(inStartOrder([app("web", "api"), app("x"), app("api", "db", "cache"), app("db"), app("cache")]))).toBe(
      "db cache api web x",
    );
  });

  test("is that of the list for names that are not in it, and ends for apps that wait for each other", () => {
    expect(names(inStartOrder([app("a", "gone"), app("b", "c"), app("c", "b")]))).toBe("a c b");
  });

  test.each([
    [[app("a", "gone")], "a is to be started after gone, but there is no such app"],
    [[app("a", "a")], "the apps a → a are each to be started after the next"],
    [[app("a", "b"), app("b", "c"), app("c", "a")], "the apps a → b → c → a are each to be started after the next"],
  ])("%j is refused", (apps, message) => {
    expect(() => refuseImpossibleOrder(apps, apps)).toThrow(message);
  });

  test("only looks at the apps that are to be started", () => {
    const apps = [app("a", "b"), app("b", "a"), app("c", "a"), app("d", "gone")];
    refuseImpossibleOrder(apps, [app("c", "a")]);
  });
});

test("the order of ends is the reverse, and an app gets the results of those before it", () => {
  const apps = [app("db"), app("api", "db"), app("web", "api", "db"), app("x")];
  const ends = inEndOrder<(typeof apps)[number], string>(apps, ({ name }, before) => `${name}(${before.join(",")})`);
  expect(ends).toEqual(["x()", "web()", "api(web())", "db(api(web()),web())"]);
});

describe("the wait for others", () => {
  test("ends when they are ready, and tells until then who is not", async () => {
    const wait = new StartWait();
    let left = ["a", "b"];
    const waited = wait.until(() => left);
    expect(wait.names).toEqual(["a", "b"]);
    left = [];
    expect(await waited).toBe("ready");
    expect(wait.names).toEqual([]);
  });

  test("ends after a time, with another outcome", async () => {
    expect(await new StartWait().until(() => ["a"], 10)).toBe("late");
  });

  test("can be cancelled", async () => {
    const wait = new StartWait();
    const waited = wait.until(() => ["a"]);
    wait.cancel();
    expect(await waited).toBe("cancelled");
  });
});
