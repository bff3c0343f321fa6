import { readdirSync } from "node:fs";
import { join } from "node:path";

/** A rotated file: `NAME.log.TIME`, `NAME.log.TIME.gz`, or both, if the second was just made from the first. */
export interface RotatedFile {
  /** `NAME.log.TIME`. TIME is when it was rotated; later files have a later time. */
  readonly path: string;
  readonly stamp: string;
  readonly isPlain: boolean;
  readonly isCompressed: boolean;
}

export const COMPRESSED = ".gz";
/** A compressed file that is not complete. */
export const PARTIAL = ".gz.tmp";

export function logPath(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

/** The rotated files of an app, oldest first. None if there is no such folder. */
export function rotatedFiles(folder: string, name: string): RotatedFile[] {
  const endings = Map.groupBy(
    namesIn(folder).flatMap((file) => partsOf(file, name)),
    ({ stamp }) => stamp,
  );
  return [...endings]
    .map(([stamp, files]) => ({
      path: `${logPath(folder, name)}.${stamp}`,
      stamp,
      isPlain: files.some(({ ending }) => ending === ""),
      isCompressed: files.some(({ ending }) => ending === COMPRESSED),
    }))
    .filter(({ isPlain, isCompressed }) => isPlain || isCompressed)
    .sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
}

/** A stamp for a file that is rotated now. It is later than the last one, even if the clock was set back. */
export function nextStamp(last: string | undefined): string {
  const now = stampOf(Date.now());
  return last === undefined || now > last ? now : stampOf(timeOfStamp(last) + 1);
}

/** When a file was rotated, in milliseconds since 1970. */
export function timeOfStamp(stamp: string): number {
  return Date.parse(stamp.replace(/T(\d\d)-(\d\d)-/, "T$1:$2:"));
}

/** Without colons, which other systems do not allow in names, and tar(1) and scp(1) take for the end of a host name. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replaceAll(":", "-");
}

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(\.gz|)$/;

function partsOf(file: string, name: string): { readonly stamp: string; readonly ending: string }[] {
  const start = `${name}.log.`;
  const [, stamp, ending = ""] = (file.startsWith(start) && STAMP.exec(file.slice(start.length))) || [];
  return stamp === undefined ? [] : [{ stamp, ending }];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
