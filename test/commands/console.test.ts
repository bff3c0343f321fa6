import { expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { xsys } from "../support/command-line.ts";
import { startTestService } from "../support/service.ts";

test("the SDK and the command line configure, use and read the statistics of the same console", async () => {
  const service = await startTestService();
  const client = await connect({ socket: service.socket });
  const run = async (...words: string[]) => {
    const { status, stdout } = await xsys(["--json", "--connect", service.socket, "console", ...words]);
    return { exit: status, ...JSON.parse(stdout) };
  };
  try {
    await expect(client.console.intercept({ message: "early" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const filters = { excludePatterns: ["noise"], more: 1 };
    const updated = await run("update-config", "--filters", JSON.stringify(filters));
    expect(updated).toMatchObject({ status: "ok", data: { literal_patterns: [] } });
    const literal = await client.console.updateConfig({ filters: { includePatterns: ["("] } });
    expect(literal).toMatchObject({ literal_patterns: [{ pattern: "(", reason: expect.any(String) }] });
    await client.console.updateConfig({ filters, interceptMethods: ["error"] });
    expect(await client.console.intercept({ message: "noise", level: "warn" })).toEqual({
      processed: "",
      level: "warn",
    });
    expect((await run("intercept", "signal", "--worker_id", "4")).data.processed).toMatch(/ \[OTHER\]\[W4\] signal$/);
    const refused = client.console.updateConfig({ encryption: { enabled: true, key: "short" } });
    await expect(refused).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    expect(await client.console.getStats()).toEqual({
      data: { log: 1 },
      intercepted: 1,
      suppressed: { by_rate: 0, by_filter: 1 },
    });
  } finally {
    client.close();
    service.stop(true);
    await service.ended;
  }
});

test("the error for a malformed configuration names the wrong field", async () => {
  const service = await startTestService();
  const client = await connect({ socket: service.socket });
  for (const [params, wrong] of [
    [{ filters: { excludePatterns: "noise" } }, "filters.excludePatterns"],
    [{ maxInterceptionsPerSecond: -1 }, "maxInterceptionsPerSecond"],
    [{ encryption: { enabled: "yes" } }, "encryption.enabled"],
  ] as const) {
    await expect(client.call("console.update-config", params)).rejects.toMatchObject({
      code: "INVALID_PARAMS",
      message: expect.stringContaining(wrong),
    });
  }
  client.close();
  service.stop(true);
  await service.ended;
});
