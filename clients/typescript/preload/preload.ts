/**
 * The preload that makes a worker of an application which knows nothing of xsys: `node --require preload.cjs app.js`. In
 * the main process of a worker it turns `server.listen(PORT)` into the registration of a worker; anywhere else it does
 * nothing.
 */
import { Front } from "./front.ts";
import { takeSurroundings } from "./surroundings.ts";

const surroundings = takeSurroundings();
if (surroundings !== undefined) new Front(surroundings).install();
