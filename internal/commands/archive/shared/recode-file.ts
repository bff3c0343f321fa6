import { XsysError } from "../../../../protocol/errors.ts";
import { openForReading } from "../../../files/open-for-reading.ts";
import { replaceFile } from "../../../files/replace-file.ts";
import { statOrMissing } from "../../../files/through-links.ts";
import { startOf } from "./recognise.ts";
import { type Bytes, counted } from "./streams.ts";

interface Recoding {
  readonly command: string;
  readonly src: string;
  readonly dest: string;
  readonly signal: AbortSignal;
  /** Transforms the contents of the source. `start` holds the first bytes of the file. */
  readonly recode: (source: Bytes, start: Buffer) => Bytes;
}

export interface Recoded {
  readonly read: number;
  readonly written: number;
}

const BLOCK = 1_048_576;

/**
 * Writes the transformed contents of a file to another file, which is replaced atomically. A new file gets the source's
 * mode.
 */
export async function recodeFile({ command, src, dest, signal, recode }: Recoding): Promise<Recoded> {
  const file = await openForReading(src, command);
  try {
    const [stats, old] = await Promise.all([file.stat(), statOrMissing(dest)]);
    if (old !== undefined && old.ino === stats.ino && old.dev === stats.dev) throw sameFile(command, src, dest);
    const start = await startOf(file);
    let [read, written] = [0, 0];
    const source = counted(file.createReadStream({ start: 0, highWaterMark: BLOCK, autoClose: false }), (bytes) => {
      signal.throwIfAborted();
      read += bytes;
    });
    const contents = counted(recode(source, start), (bytes) => {
      signal.throwIfAborted();
      written += bytes;
    });
    await replaceFile(dest, contents, { signal, ...(old === undefined && { mode: stats.mode & 0o777 }) });
    return { read, written };
  } finally {
    await file.close();
  }
}

function sameFile(command: string, src: string, dest: string): XsysError {
  return new XsysError("INVALID_PARAMS", `${command} failed on ${src}: ${dest} is the same file`, {
    details: { path: src, dest },
  });
}
