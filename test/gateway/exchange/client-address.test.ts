import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createClientAddress, createRemoteAddr } from "../../../internal/gateway/exchange/client-address.ts";
import { Exchange } from "../../../internal/gateway/exchange/exchange.ts";
import type { GatewayRequest } from "../../../internal/gateway/exchange/http-messages.ts";
import { type FakeRequest, fakeExchange } from "../fake-exchange.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function clientOf(trusted: readonly string[], request: FakeRequest): string {
  return createClientAddress(trusted)(fakeExchange(request).request);
}

function remoteOf(trusted: readonly string[], request: FakeRequest): string {
  return createRemoteAddr(trusted)(fakeExchange(request));
}

const from = (forwardedFor: string, peer = "127.0.0.1"): FakeRequest => ({
  peer,
  headers: { "x-forwarded-for": forwardedFor },
});

describe("the client's address", () => {
  test("is that of the socket, in HTTP/1 and HTTP/2", async () => {
    const told: string[] = [];
    const address = createClientAddress([]);
    const tell = (asked: GatewayRequest, response: { end(): void }) => {
      told.push(address(asked));
      response.end();
    };
    const [server, server2] = [
      createServer(tell).listen(0, "127.0.0.1"),
      createHttp2Server(tell).listen(0, "127.0.0.1"),
    ];
    await Promise.all([once(server, "listening"), once(server2, "listening")]);
    const url = (listener: { address(): unknown }) => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const session = connect(url(server2));
    cleanUps.push(
      () => server.close(),
      () => server2.close(),
      () => session.destroy(),
    );
    await (await fetch(url(server))).text();
    await once(session.request().resume(), "end");
    expect(told).toEqual(["127.0.0.1", "127.0.0.1"]);
  });

  test("is not taken from the headers of an untrusted client", () => {
    expect(clientOf([], from("203.0.113.9"))).toBe("127.0.0.1");
    expect(clientOf(["10.0.0.0/8"], from("203.0.113.9", "192.0.2.1"))).toBe("192.0.2.1");
  });

  test.each([
    ["loopback", "127.0.0.1"],
    ["loopback", "::1"],
    ["linklocal", "169.254.7.7"],
    ["uniquelocal", "10.1.2.3"],
    ["uniquelocal", "::ffff:10.1.2.3"],
    ["192.0.2.0/24", "192.0.2.77"],
    ["192.0.2.5", "192.0.2.5"],
    ["2001:db8::/32", "2001:db8::9"],
    ["*", "198.51.100.1"],
  ])("is taken from the headers of a trusted proxy (%s): %s", (trusted, peer) => {
    expect(clientOf([trusted], from("203.0.113.9", peer))).toBe("203.0.113.9");
  });

  test("is the last one in the chain that is not a trusted proxy", () => {
    expect(clientOf(["loopback", "10.0.0.0/8"], from("6.6.6.6, 203.0.113.9, 10.0.0.1"))).toBe("203.0.113.9");
    expect(clientOf(["loopback", "10.0.0.0/8"], from("10.0.0.3, 10.0.0.1"))).toBe("10.0.0.3");
    expect(clientOf(["*"], from("6.6.6.6, 203.0.113.9"))).toBe("6.6.6.6");
  });

  test("skips invalid entries: the last valid address before them counts", () => {
    expect(clientOf(["loopback"], from("unknown"))).toBe("127.0.0.1");
    expect(clientOf(["loopback", "10.0.0.0/8"], from("<script>, 10.0.0.1"))).toBe("10.0.0.1");
    expect(clientOf(["loopback"], from(",,,"))).toBe("127.0.0.1");
  });

  test("has no port or brackets, and IPv4-mapped addresses become IPv4", () => {
    expect(clientOf([], { peer: "::ffff:192.0.2.9" })).toBe("192.0.2.9");
    expect(clientOf(["loopback"], from("203.0.113.9:4711"))).toBe("203.0.113.9");
    expect(clientOf(["loopback"], from("[2001:db8::7]:4711"))).toBe("2001:db8::7");
    expect(clientOf(["loopback"], from("::ffff:203.0.113.9"))).toBe("203.0.113.9");
  });

  test("is X-Real-Ip if there is no X-Forwarded-For", () => {
    const headers = { "x-real-ip": "203.0.113.9" };
    expect(clientOf(["loopback"], { peer: "127.0.0.1", headers })).toBe("203.0.113.9");
    expect(clientOf([], { peer: "127.0.0.1", headers })).toBe("127.0.0.1");
    expect(clientOf(["loopback"], { peer: "127.0.0.1", headers: { "x-real-ip": "no" } })).toBe("127.0.0.1");
  });

  test("is found in limited time in a very long chain", () => {
    const chain = Array(100_000).fill("10.0.0.1").join(",");
    expect(clientOf(["loopback", "uniquelocal"], from(`203.0.113.9,${chain}`))).toBe("10.0.0.1");
  });

  test("is correct for any number of clients", () => {
    const address = createClientAddress(["10.0.0.0/8"]);
    for (let index = 0; index < 5_000; index++) {
      const [peer, forwarded] = [`10.0.${index >> 8}.${index & 255}`, `203.0.${index >> 8}.${index & 255}`];
      expect(address(fakeExchange(from(forwarded, peer)).request)).toBe(forwarded);
      expect(address(fakeExchange(from(peer, forwarded)).request)).toBe(forwarded);
    }
  });

  test("is empty if the socket is closed", () => {
    const { request } = new Exchange({ headers: {}, socket: {} } as IncomingMessage, {} as never, "");
    expect(createClientAddress([])(request)).toBe("");
    expect(createClientAddress(["loopback"])(request)).toBe("");
  });

  test.each(["10.0.0.0/33", "nonsense", "10.0.0.300", ""])(
    "cannot be determined with the invalid proxy %o",
    (entry) => {
      expect(() => createClientAddress([entry])).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
      expect(() => createRemoteAddr([entry])).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
    },
  );
});

describe("the address that a worker receives", () => {
  test("is address and port of the socket, with IPv6 in brackets", () => {
    expect(remoteOf([], { peer: "192.0.2.1", port: 81 })).toBe("192.0.2.1:81");
    expect(remoteOf([], { peer: "::ffff:192.0.2.1", port: 81 })).toBe("192.0.2.1:81");
    expect(remoteOf([], { peer: "2001:db8::1", port: 81 })).toBe("[2001:db8::1]:81");
    expect(remoteOf(["loopback"], from("203.0.113.9", "192.0.2.1"))).toBe("192.0.2.1:5000");
  });

  test("is the complete chain that a trusted proxy forwards", () => {
    expect(remoteOf(["loopback"], from("203.0.113.9, 10.0.0.1"))).toBe("203.0.113.9, 10.0.0.1");
    expect(remoteOf(["loopback"], from("203.0.113.9"))).toBe("203.0.113.9");
    expect(remoteOf(["loopback"], from("2001:db8::7"))).toBe("[2001:db8::7]:0");
    expect(remoteOf(["loopback"], { peer: "127.0.0.1", headers: { "x-real-ip": "203.0.113.9" } })).toBe("203.0.113.9");
    expect(remoteOf(["loopback"], { peer: "127.0.0.1" })).toBe("127.0.0.1:5000");
  });
});
