import { expect, test } from "vitest";
import { readBattery } from "../../internal/facts/linux/battery.ts";
import { readTemperatures } from "../../internal/facts/linux/temperatures.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

async function folder(path: string, files: Record<string, string | number>): Promise<void> {
  for (const [name, value] of Object.entries(files)) await sandbox.write(`${path}/${name}`, `${value}\n`);
}

test("hwmon sensors are labelled with chip and sensor, and one without a value is skipped", async () => {
  await folder("class/hwmon/hwmon10", { name: "nvme", temp1_input: 38_850 });
  await folder("class/hwmon/hwmon2", {
    name: "coretemp",
    temp1_input: 45_000,
    temp1_label: "Package id 0",
    temp1_max: 80_000,
    temp1_crit: 100_000,
    temp2_input: "",
    temp3_label: "no input",
    fan1_input: 1200,
  });
  await folder("class/thermal/thermal_zone0", { type: "acpitz", temp: 1000 });
  expect(readTemperatures(sandbox.root)).toEqual([
    { label: "coretemp Package id 0", sensor: "coretemp Package id 0", current: 45, value: 45, max: 80, critical: 100 },
    { label: "nvme temp1", sensor: "nvme temp1", current: 38.85, value: 38.85 },
  ]);
});

test("thermal zones are used if there are no hwmon sensors", async () => {
  await folder("class/thermal/thermal_zone0", { type: "cpu-thermal", temp: -5000 });
  await folder("class/thermal/cooling_device0", { type: "fan", temp: 1 });
  expect(readTemperatures(sandbox.root)).toEqual([
    { label: "cpu-thermal", sensor: "cpu-thermal", current: -5, value: -5 },
  ]);
});

test("a machine without sensors has no temperatures", () => {
  expect(readTemperatures(sandbox.root)).toEqual([]);
});

const BAT0 = {
  type: "Battery",
  status: "Discharging",
  present: 1,
  capacity: 50,
  energy_now: 25_000_000,
  energy_full: 50_000_000,
  power_now: 10_000_000,
  technology: "Li-ion",
  manufacturer: "SMP",
  model_name: "02DL007",
  serial_number: " 1234",
};

test("a battery that reports energy is read", async () => {
  await folder("AC", { type: "Mains", online: 0 });
  await folder("BAT0", BAT0);
  expect(readBattery(sandbox.root)).toEqual({
    state: "Discharging",
    percentage: 50,
    time_to_empty: 9000,
    power_consumption: 10,
    is_present: true,
    technology: "Li-ion",
    vendor: "SMP",
    model: "02DL007",
    serial: "1234",
  });
});

test("a battery that reports charge is read", async () => {
  await folder("BAT0", {
    type: "Battery",
    status: "Charging",
    charge_now: 1_000_000,
    charge_full: 4_000_000,
    current_now: -1_500_000,
    voltage_now: 12_000_000,
  });
  expect(readBattery(sandbox.root)).toMatchObject({
    state: "Charging",
    percentage: 25,
    time_to_full: 7200,
    power_consumption: 18,
    is_present: true,
    technology: "",
  });
});

test.each([
  ["Full", 100, "Full"],
  ["Not charging", 80, "Unknown"],
  ["Not charging", 100, "Full"],
  ["Discharging", 0, "Empty"],
  ["Unknown", 40, "Unknown"],
])("the status %s at %i %% is reported as %s", async (status, capacity, state) => {
  await folder("BAT0", { ...BAT0, status, capacity });
  const battery = readBattery(sandbox.root);
  expect(battery.state).toBe(state);
  expect(battery).not.toHaveProperty("time_to_empty");
});

test("an idle battery has no remaining time", async () => {
  await folder("BAT0", { ...BAT0, power_now: 0 });
  expect(readBattery(sandbox.root)).not.toHaveProperty("time_to_empty");
});

test("the battery of a mouse is ignored", async () => {
  await folder("hidpp_battery_0", { ...BAT0, scope: "Device" });
  expect(readBattery(sandbox.root)).toMatchObject({ state: "Unknown", is_present: false, percentage: 0, serial: "" });
});
