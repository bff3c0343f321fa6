import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a hand-made zip archive, as an attacker may write it (PKWARE APPNOTE 4.3). */
export interface RawEntry {
  readonly name: string;
  readonly contents?: string | Buffer;
  /** Unix mode including the file type bits; 0 for an archive made on DOS. */
  readonly mode?: number;
  /** The size in the headers, if it differs from the true one. */
  readonly size?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
}

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const UTF8 = 0x800;

export function zipBytes(...entries: readonly RawEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = headers(entry, offset);
    locals.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function headers(
  { name, contents = "", mode = 0o100644, size, crc, method = 8, flags = UTF8 }: RawEntry,
  offset: number,
) {
  const plain = Buffer.from(contents);
  const packed = method === 8 ? deflateRawSync(plain) : plain;
  const file = Buffer.from(name);
  // From `version needed` to `extra field length`; these fields are the same in both headers.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(flags, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(0x2a214000, 6);
  common.writeUInt32LE(crc ?? crc32(plain), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(size ?? plain.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([u32(LOCAL), common, file, packed]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(mode * 0x10000, 6);
  rest.writeUInt32LE(offset, 10);
  const madeOn = Buffer.from([20, mode === 0 ? 0 : 3]);
  return { local, central: Buffer.concat([u32(CENTRAL), madeOn, common, rest, file]) };
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
