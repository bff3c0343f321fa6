import { expect, test } from "vitest";
import { gatewayUrl } from "../../internal/host/start-cluster.ts";

test("the URL that workers get has the scheme of the clients", () => {
  expect(gatewayUrl("127.0.0.1:8080", undefined)).toBe("http://127.0.0.1:8080");
  expect(gatewayUrl("[::]:8443", { key: "", cert: "" })).toBe("https://[::]:8443");
});
