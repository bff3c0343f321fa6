import type { Temperature } from "../facts.ts";
import { systeminformation } from "./systeminformation.ts";

/** Only the processor's sensors. */
export async function readTemperatures(): Promise<Temperature[]> {
  const { main, cores } = await (await systeminformation()).cpuTemperature();
  return [{ label: "cpu", value: main }, ...cores.map((value, index) => ({ label: `cpu core ${index}`, value }))]
    .filter(({ value }) => typeof value === "number")
    .map(({ label, value }) => ({ label, sensor: label, current: value, value }));
}
