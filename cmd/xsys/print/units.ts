import type { Unit } from "../../../protocol/contract/schema.ts";

/** A number in readable form: `1.50 KB`, `3d 04:05:06`, `12.3%`. Times are local. */
export function formatNumber(value: number, unit?: Unit): string {
  switch (unit) {
    case "bytes":
      return formatBytes(value);
    case "bytes/s":
      return `${formatBytes(value)}/s`;
    case "unix-seconds":
      return localTime(value * 1000);
    case "unix-milliseconds":
      return `${localTime(value)}.${String(value - Math.floor(value / 1000) * 1000).padStart(3, "0")}`;
    case "seconds":
      return formatDuration(value);
    case "milliseconds":
      return `${value.toFixed(2)} ms`;
    case "percent":
      return `${value.toFixed(1)}%`;
    case "MHz":
      return `${Math.round(value)} MHz`;
    case "mode":
      return formatMode(value);
    case undefined:
      return formatPlain(value);
  }
}

const SIZES = ["B", "KB", "MB", "GB", "TB", "PB", "EB"] as const;

/** In steps of 1024, as in `fs.size`; the next unit is used if rounding to two decimals would show `1024.00`. */
function formatBytes(value: number): string {
  let [size, step] = [value, 0];
  while (Math.abs(size) >= (step === 0 ? 1024 : 1023.995) && step < SIZES.length - 1) {
    size /= 1024;
    step++;
  }
  return `${step === 0 ? formatPlain(size) : size.toFixed(2)} ${SIZES[step]}`;
}

function localTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  if (Number.isNaN(time.getTime())) return String(milliseconds);
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date} ${clock(time.getHours(), time.getMinutes(), time.getSeconds())}`;
}

/** Below a minute in seconds with fractions; otherwise `hh:mm:ss`, preceded by the days. */
function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatPlain(seconds)} s`;
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const time = clock(Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60);
  return days === 0 ? time : `${days}d ${time}`;
}

/**
 * The twelve mode bits as nine letters, as in ls(1): set-user-ID, set-group-ID and sticky are shown in the x positions.
 */
function formatMode(mode: number): string {
  return [
    triplet(mode >> 6, mode & 0o4000, "s"),
    triplet(mode >> 3, mode & 0o2000, "s"),
    triplet(mode, mode & 0o1000, "t"),
  ].join("");
}

function triplet(bits: number, special: number, letter: string): string {
  const execute = bits & 1 ? "x" : "-";
  const marked = bits & 1 ? letter : letter.toUpperCase();
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${special ? marked : execute}`;
}

/** At most two decimals; a number too small for them keeps two significant digits. */
function formatPlain(value: number): string {
  return String(Number(value.toFixed(2)) || Number(value.toPrecision(2)));
}

function clock(hours: number, minutes: number, seconds: number): string {
  return `${two(hours)}:${two(minutes)}:${two(seconds)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
