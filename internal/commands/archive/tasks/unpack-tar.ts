import { checkpoint } from "../../../files/interrupt.ts";
import type { UnpackArgs, Unpacked } from "./archive-entry.ts";
import { readTar } from "./tar-reader.ts";
import { unpack } from "./unpack.ts";

/** Task: unpacks a tar archive. */
export default function unpackTar(args: UnpackArgs): Promise<Unpacked> {
  const pause = checkpoint(args.interrupt);
  return unpack("archive.untar", (visit) => readTar(args.archive, args, pause, visit), args);
}
