/** Runs a contender's server: `node server.ts CONTENDER SOCKET`. It prints a line when it listens. */
import { loadContender } from "./contenders.ts";

const [name = "", socket = ""] = process.argv.slice(2);
const { serve } = await loadContender(name);
await serve?.(socket);
console.log("listening");
