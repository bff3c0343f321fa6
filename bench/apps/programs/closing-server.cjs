// The same, with a shutdown as managers recommend it.
const server = require("./express-server.js");

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => server.close(() => process.exit()));
}
