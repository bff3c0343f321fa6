import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { tcpSockets } from "../../internal/facts/tcp-sockets.ts";
import { ClonePorts, rangesBeside } from "../../internal/keeper/clone-ports.ts";

describe("the ports of clones", () => {
  test("differ, stay with their process until it ends, and are none of outgoing connections", () => {
    const ports = new ClonePorts();
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    const chosen = keys.map((key) => ports.of(key));
    expect(new Set(chosen).size).toBe(50);
    expect(keys.map((key) => ports.of(key))).toEqual(chosen);
    const [first, last] = tcpSockets.ephemeralPorts();
    if (rangesBeside([first, last])[0]?.[0] !== first) {
      expect(chosen.filter((port) => port >= first && port <= last)).toEqual([]);
    }
    ports.release("key 0");
    expect(ports.known("key 0")).toBeUndefined();
  });

  test.runIf(process.platform === "linux")("are none that is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    expect(tcpSockets.portsInUse().has(port)).toBe(true);
    server.close();
  });

  test("of an earlier keeper are kept", () => {
    const ports = new ClonePorts();
    ports.keep("old", 61_234);
    expect(ports.of("old")).toBe(61_234);
  });
});

test.each([
  [
    [32_768, 60_999],
    [
      [61_000, 65_535],
      [10_000, 32_767],
    ],
  ],
  [[20_000, 65_000], [[10_000, 19_999]]],
  [[1_024, 65_535], [[1_024, 65_535]]],
] as const)("beside the ephemeral ports %j are %j", (ephemeral, ranges) => {
  expect(rangesBeside(ephemeral)).toEqual(ranges);
});
