import { checkpoint } from "../../../files/interrupt.ts";
import type { UnpackArgs, Unpacked } from "./archive-entry.ts";
import { unpack } from "./unpack.ts";
import { readZip } from "./zip-reader.ts";

/** Task: unpacks a zip archive. */
export default function unpackZip(args: UnpackArgs): Promise<Unpacked> {
  const pause = checkpoint(args.interrupt);
  return unpack("archive.unzip", (visit) => readZip(args.archive, pause, visit), args);
}
