import type { Temperature } from "../facts.ts";
import { listKernelFolder, readKernelFile, readKernelNumber } from "./kernel-file.ts";

/**
 * Hardware monitors (/sys/class/hwmon, the kernel's Documentation/hwmon/sysfs-interface.rst). On machines without any,
 * thermal zones (/sys/class/thermal). Both report thousandths of a degree Celsius.
 */
export function readTemperatures(sys = "/sys"): Temperature[] {
  const sensors = inFolders(`${sys}/class/hwmon`, /^hwmon\d+$/).flatMap(readMonitor);
  return sensors.length > 0 ? sensors : inFolders(`${sys}/class/thermal`, /^thermal_zone\d+$/).flatMap(readZone);
}

function inFolders(parent: string, name: RegExp): string[] {
  return listKernelFolder(parent)
    .filter((entry) => name.test(entry))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((entry) => `${parent}/${entry}`);
}

/**
 * `temp1_input` with its optional `temp1_label`, `temp1_max`, `temp1_crit`. A sensor that cannot be read is left out.
 */
function readMonitor(folder: string): Temperature[] {
  const chip = readKernelFile(`${folder}/name`)?.trim() ?? "";
  return inFolders(folder, /^temp\d+_input$/).flatMap((input) => {
    const sensor = input.slice(0, -"_input".length);
    const label = readKernelFile(`${sensor}_label`)?.trim() ?? sensor.slice(folder.length + 1);
    return reading(`${chip} ${label}`.trim(), input, `${sensor}_max`, `${sensor}_crit`);
  });
}

function readZone(folder: string): Temperature[] {
  return reading(readKernelFile(`${folder}/type`)?.trim() ?? "", `${folder}/temp`);
}

function reading(label: string, input: string, maxFile?: string, criticalFile?: string): Temperature[] {
  const current = degrees(input);
  if (current === undefined) return [];
  const [max, critical] = [degrees(maxFile), degrees(criticalFile)];
  return [
    {
      label,
      sensor: label,
      current,
      value: current,
      ...(max !== undefined && { max }),
      ...(critical !== undefined && { critical }),
    },
  ];
}

function degrees(file: string | undefined): number | undefined {
  const thousandths = file === undefined ? undefined : readKernelNumber(file);
  return thousandths === undefined ? undefined : thousandths / 1000;
}
