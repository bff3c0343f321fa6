/** An entry of a hand-made tar archive, as an attacker may write it (POSIX.1-1988 ustar). */
export interface RawEntry {
  readonly name: string;
  /** `0` file, `1` hard link, `2` symbolic link, `3` device, `5` directory, `6` FIFO. */
  readonly type?: string;
  readonly link?: string;
  readonly contents?: string;
  /** The size in the header, if it differs from the true one. */
  readonly size?: number;
  readonly mode?: number;
  /** `v7` headers have no magic number and none of the fields that ustar added. */
  readonly format?: "ustar" | "v7";
  /** `signed`: the checksum counts bytes above 127 as negative, as some old programs do. */
  readonly checksum?: "signed";
}

const RECORD = 512;

export function tarBytes(...entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(record), Buffer.alloc(2 * RECORD)]);
}

/** A pax record: its own length in decimal digits, key and value. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (length !== Buffer.byteLength(`${length}${rest}`)) length = Buffer.byteLength(`${length}${rest}`);
  return `${length}${rest}`;
}

function record(entry: RawEntry): Buffer {
  const { name, type = "0", link = "", contents = "", size, mode = 0o644, format = "ustar", checksum } = entry;
  const header = Buffer.alloc(RECORD);
  header.write(name, 0, 100);
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size ?? Buffer.byteLength(contents), 11), 124);
  header.write(octal(1_000_000_000, 11), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  if (format === "ustar") header.write("ustar\x0000", 257);
  const bytes = [...(checksum === "signed" ? new Int8Array(header) : header)];
  header.write(
    `${octal(
      bytes.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(contents) / RECORD) * RECORD);
  body.write(contents);
  return Buffer.concat([header, body]);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
