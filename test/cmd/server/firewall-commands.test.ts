import { expect, test } from "vitest";
import { firewallCommands } from "../../../cmd/xsys/server/firewall-commands.ts";

test("a port is opened to all addresses, or to each given address", () => {
  expect(firewallCommands(80, [])).toEqual(["sudo ufw allow 80/tcp"]);
  expect(firewallCommands(80, ["10.0.0.0/8", "fe80::1"])).toEqual([
    "sudo ufw allow from 10.0.0.0/8 to any port 80 proto tcp",
    "sudo ufw allow from fe80::1 to any port 80 proto tcp",
  ]);
});

test("text that is not an address is never part of a suggested command", () => {
  expect(firewallCommands(80, ["1.2.3.4; reboot", "$(id)"])).toEqual([]);
});
