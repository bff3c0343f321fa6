/**
 * The preload for an application that knows nothing of xsys: `node --require preload.cjs app.js`. In the main process of a
 * worker it turns `server.listen(PORT)` into the registration of a worker, or makes the server listen on a socket that the
 * process was started with; anywhere else it does nothing.
 */
import { Front } from "./front.ts";
import { hasListeningSocket, SocketFront } from "./socket-front.ts";
import { takeSurroundings } from "./surroundings.ts";

const surroundings = takeSurroundings();
if (surroundings !== undefined) new Front(surroundings).install();
else if (hasListeningSocket(process.env)) new SocketFront(Number(process.env.XSYS_PORT)).install();
