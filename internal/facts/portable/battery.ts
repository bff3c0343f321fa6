import type { Systeminformation } from "systeminformation";
import type { Battery } from "../facts.ts";
import { NO_BATTERY } from "../no-battery.ts";
import { percentOf } from "../percent.ts";
import { systeminformation, whole } from "./systeminformation.ts";

/** The library does not report the power consumption; it is 0. */
export async function readBattery(): Promise<Battery> {
  const battery = await (await systeminformation()).battery();
  if (!battery.hasBattery) return NO_BATTERY;
  const state = stateOf(battery);
  return {
    state,
    percentage: percentOf(battery.percent, 100),
    ...(state === "Discharging" && battery.timeRemaining > 0 && { time_to_empty: whole(battery.timeRemaining * 60) }),
    power_consumption: 0,
    is_present: true,
    technology: battery.type,
    vendor: battery.manufacturer,
    model: battery.model,
    serial: battery.serial,
  };
}

function stateOf({ isCharging, acConnected, percent }: Systeminformation.BatteryData): Battery["state"] {
  if (isCharging) return "Charging";
  if (acConnected) return percent >= 100 ? "Full" : "Unknown";
  return percent > 0 ? "Discharging" : "Empty";
}
