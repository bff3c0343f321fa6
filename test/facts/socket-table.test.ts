import { SocketAddress } from "node:net";
import { endianness } from "node:os";
import { describe, expect, test } from "vitest";
import { parseKernelAddress } from "../../internal/facts/linux/ip-address.ts";
import { parseSockets } from "../../internal/facts/linux/socket-table.ts";
import { fc } from "../support/property.ts";

const HEADING =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                    \n";
const row = (local: string, remote: string, state: string, inode = 31337) =>
  `  10: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;

describe.runIf(endianness() === "LE")("/proc/net/tcp and similar tables", () => {
  test("a listener is parsed", () => {
    expect(parseSockets(HEADING + row("0100007F:1F90", "00000000:0000", "0A"), "tcp")).toEqual([
      {
        port: {
          protocol: "tcp",
          local_address: "127.0.0.1",
          local_port: 8080,
          remote_address: "0.0.0.0",
          remote_port: 0,
          state: "LISTEN",
        },
        inode: "31337",
      },
    ]);
  });
  test.each([
    ["01", "ESTABLISHED"],
    ["02", "SYN_SENT"],
    ["06", "TIME_WAIT"],
    ["07", "CLOSE"],
    ["0B", "CLOSING"],
    ["0C", "SYN_RECV"],
    ["FF", "UNKNOWN"],
  ])("state %s is %s", (state, name) => {
    expect(parseSockets(row("0100007F:0001", "0200007F:0002", state), "tcp")[0]?.port.state).toBe(name);
  });
  test("an unconnected UDP socket has no state", () => {
    expect(parseSockets(row("00000000:0044", "00000000:0000", "07"), "udp")[0]?.port.state).toBe("NONE");
  });
  test("a socket without a process, as in TIME_WAIT, has inode 0", () => {
    expect(parseSockets(row("0100007F:0001", "0100007F:0002", "06", 0), "tcp")[0]?.inode).toBe("0");
  });
  test.each([
    ["00000000000000000000000000000000", "::"],
    ["00000000000000000000000001000000", "::1"],
    ["0000000000000000FFFF00000100007F", "::ffff:127.0.0.1"],
    ["B80D0120000000000000000001000000", "2001:db8::1"],
    ["000080FE00000000FF00FC02010000FE", "fe80::2fc:ff:fe00:1"],
  ])("the IPv6 address %s is %s", (hex, address) => {
    const [socket] = parseSockets(row(`${hex}:0016`, `${"0".repeat(32)}:0000`, "0A"), "tcp6");
    expect(socket?.port).toMatchObject({ local_address: address, local_port: 22, remote_address: "::" });
  });
  test("malformed lines are skipped", () => {
    const tampered = [
      "nonsense",
      row("0100007F", "00000000:0000", "0A"),
      row("01007F:1F90", "00000000:0000", "0A"),
      "",
    ];
    expect(
      parseSockets(HEADING + tampered.join("\n") + row("0100007F:0050", "00000000:0000", "0A"), "tcp"),
    ).toHaveLength(1);
  });
  test("every IPv6 address is formatted as the C library formats it", () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, (address) => {
        // The C library still formats the deprecated IPv4-compatible addresses (RFC 4291) with dots.
        fc.pre(address.slice(0, 6).some((group) => group !== 0) || address[6] === 0);
        const bytes = Buffer.alloc(16);
        for (const [i, group] of address.entries()) bytes.writeUInt16BE(group, 2 * i);
        const { address: expected } = new SocketAddress({
          family: "ipv6",
          address: address.map((group) => group.toString(16)).join(":"),
        });
        expect(parseKernelAddress(bytes.swap32().toString("hex"))).toBe(expected);
      }),
    );
  });
});
