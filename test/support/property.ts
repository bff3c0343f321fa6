import fc from "fast-check";
import { SEED } from "./seed.ts";

fc.configureGlobal({ seed: SEED });

/** fast-check with a fixed seed: its default is another one in each run. */
export { fc };
