import type { PtyProgram } from "./pty-program.ts";

const END_OF_INPUT = Buffer.of(0x04); // ^D, the VEOF of termios(3)
const LINE_END = 0x0a;

/**
 * Writes an input to a program, then ^D. If the input ends within a line, two ^D are needed: the first one only submits
 * the unfinished line. An error of the input is ignored: the call was cancelled and ends by itself.
 */
export async function typeAll(input: AsyncIterable<Uint8Array>, program: PtyProgram): Promise<void> {
  let last: number | undefined = LINE_END;
  try {
    for await (const bytes of input) {
      await program.type(bytes);
      last = bytes.at(-1) ?? last;
    }
  } catch {
    return;
  }
  if (last !== LINE_END) await program.type(END_OF_INPUT);
  await program.type(END_OF_INPUT);
}
