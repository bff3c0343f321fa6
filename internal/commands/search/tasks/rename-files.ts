import { join } from "node:path";
import { checkpoint, type Interrupt } from "../../../files/interrupt.ts";
import { type Renaming, renameAll } from "../../../files/rename-all.ts";
import { tempBeside } from "../../../files/temp-path.ts";

interface Args {
  readonly path: string;
  /** Paths relative to the folder. */
  readonly renamings: readonly Renaming[];
  readonly interrupt: Interrupt;
}

/**
 * Task: renames all files or none. A file whose current name is another file's new name first gets a temporary name.
 */
export default async function renameFiles({ path, renamings, interrupt }: Args): Promise<void> {
  const wanted = new Set(renamings.map(({ to }) => to));
  const steps = renamings.map(({ from, to }) => {
    const [source, target] = [join(path, from), join(path, to)];
    return { from: source, to: target, parked: wanted.has(from) ? tempBeside(source) : undefined };
  });
  const parked = steps.flatMap(({ parked, ...step }) => (parked === undefined ? [] : [{ ...step, parked }]));
  await renameAll(
    [
      ...parked.map(({ from, parked }) => ({ from, to: parked })),
      ...steps.filter((step) => step.parked === undefined).map(({ from, to }) => ({ from, to })),
      ...parked.map(({ parked, to }) => ({ from: parked, to })),
    ],
    checkpoint(interrupt),
  );
}
