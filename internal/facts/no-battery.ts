import type { Battery } from "./facts.ts";

export const NO_BATTERY: Battery = {
  state: "Unknown",
  percentage: 0,
  power_consumption: 0,
  is_present: false,
  technology: "",
  vendor: "",
  model: "",
  serial: "",
};
