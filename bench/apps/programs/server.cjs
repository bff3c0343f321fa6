// An Express application as it is written without a process manager in mind. It answers with its process id.
const express = require("express");

const app = express();
app.use(express.urlencoded());
app
  .route("/")
  .get((_request, response) => response.send(String(process.pid)))
  .post((request, response) => response.send(request.body.x === "1" ? String(process.pid) : "no body"));

module.exports = app.listen(process.env.PORT, "127.0.0.1");
