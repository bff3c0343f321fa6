import { expect, test } from "vitest";
import { peerAddress } from "../../../clients/typescript/worker/peer-address.ts";

test.each([
  ["1.2.3.4:5", "1.2.3.4", 5],
  ["1.2.3.4", "1.2.3.4", undefined],
  ["[::1]:5", "::1", 5],
  ["[::1]", "::1", undefined],
  ["fe80::1", "fe80::1", undefined],
  ["9.9.9.9, 1.2.3.4:5", "9.9.9.9", undefined],
  ["[fe80::1]:7, 1.2.3.4:5", "fe80::1", 7],
  ["", undefined, undefined],
])("%s has the address %s and the port %s", (text, address, port) => {
  expect(peerAddress(text)).toEqual({ address, port });
});
