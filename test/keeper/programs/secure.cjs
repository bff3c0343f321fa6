// HTTPS with a certificate of its own.
const { readFileSync } = require("node:fs");

const options = { key: readFileSync("key.pem"), cert: readFileSync("cert.pem") };
require("node:https")
  .createServer(options, (_request, response) => response.end(String(process.pid)))
  .listen(process.env.PORT);
