import { network } from "../../../protocol/commands/sys.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import type { NetworkInterface } from "../../facts/facts.ts";
import { twoDecimals } from "../../facts/percent.ts";
import { platform } from "../../facts/platform.ts";
import { Sampler } from "../../facts/sampler.ts";

const interfaces = new Sampler(() => platform.networkInterfaces());

export default handle(network, async ({ interface: name, interval }, { signal }) => {
  if (name !== undefined) return named(await platform.networkInterfaces(), name);
  const { before, after, seconds } = await interfaces.over(interval, signal);
  const [earlier, now] = [totals(before), totals(after)];
  // The total falls when an interface disappears; the speed is 0 then.
  const speed = (from: number, to: number) => twoDecimals(Math.max(0, to - from) / seconds);
  return {
    total_received: now.received,
    total_transmitted: now.transmitted,
    download_speed: speed(earlier.received, now.received),
    upload_speed: speed(earlier.transmitted, now.transmitted),
    interfaces: after,
  };
});

function named(all: readonly NetworkInterface[], name: string): NetworkInterface {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new XsysError("NOT_FOUND", `sys.network: there is no network interface ${name}`, {
    details: { interface: name, known: all.map((one) => one.name) },
  });
}

function totals(all: readonly NetworkInterface[]): { received: number; transmitted: number } {
  const sum = (key: "received" | "transmitted") => all.reduce((total, one) => total + one[key], 0);
  return { received: sum("received"), transmitted: sum("transmitted") };
}
