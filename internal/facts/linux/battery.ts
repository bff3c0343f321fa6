import type { Battery } from "../facts.ts";
import { NO_BATTERY } from "../no-battery.ts";
import { percentOf, twoDecimals } from "../percent.ts";
import { listKernelFolder, readKernelFile, readKernelNumber } from "./kernel-file.ts";

/** /sys/class/power_supply, the kernel's Documentation/ABI/testing/sysfs-class-power. */
export function readBattery(supplies = "/sys/class/power_supply"): Battery {
  const folder = listKernelFolder(supplies)
    .sort()
    .map((name) => `${supplies}/${name}`)
    .find(isBattery);
  return folder === undefined ? NO_BATTERY : describe(folder);
}

/** Whether it is a battery of the machine. Batteries of a mouse or a headset have the scope `Device`. */
function isBattery(folder: string): boolean {
  const is = (file: string, value: string) => readKernelFile(`${folder}/${file}`)?.trim() === value;
  return is("type", "Battery") && !is("scope", "Device");
}

function describe(folder: string): Battery {
  const text = (file: string) => readKernelFile(`${folder}/${file}`)?.trim() ?? "";
  const { now, full, rate, watts } = readCharge((file) => readKernelNumber(`${folder}/${file}`));
  const percentage = readKernelNumber(`${folder}/capacity`) ?? percentOf(now, full);
  const state = stateOf(text("status"), percentage);
  const seconds = (amount: number) => Math.round((3600 * Math.max(0, amount)) / rate);
  return {
    state,
    percentage,
    ...(state === "Charging" && rate > 0 && { time_to_full: seconds(full - now) }),
    ...(state === "Discharging" && rate > 0 && { time_to_empty: seconds(now) }),
    power_consumption: twoDecimals(watts),
    is_present: text("present") !== "0",
    technology: text("technology"),
    vendor: text("manufacturer"),
    model: text("model_name"),
    serial: text("serial_number"),
  };
}

/** `Not charging` (the charge level is held) has no equivalent in the contract. */
function stateOf(status: string, percentage: number): Battery["state"] {
  if (status === "Charging" || status === "Full") return status;
  if (status !== "Discharging") return percentage >= 100 ? "Full" : "Unknown";
  return percentage > 0 ? "Discharging" : "Empty";
}

/** Amounts in µWh and a rate in µW. Drivers that measure charge report µAh and µA, and the voltage in µV. */
function readCharge(read: (file: string) => number | undefined) {
  const energy = read("energy_now");
  if (energy !== undefined) {
    const rate = Math.abs(read("power_now") ?? 0);
    return { now: energy, full: read("energy_full") ?? 0, rate, watts: rate / 1e6 };
  }
  const rate = Math.abs(read("current_now") ?? 0);
  const watts = (rate / 1e6) * ((read("voltage_now") ?? 0) / 1e6);
  return { now: read("charge_now") ?? 0, full: read("charge_full") ?? 0, rate, watts };
}
