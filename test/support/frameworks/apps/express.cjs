const express = require("express");
const multer = require("multer");

const app = express();
app.get("/", (_request, response) => response.send(String(process.pid)));
app.post("/json", express.json(), (request, response) => response.status(201).json(request.body));
app.post("/upload", multer().single("file"), ({ file, body }, response) => {
  response.json({ name: file.originalname, size: file.size, note: body.note });
});
app.get("/client", ({ ip, protocol, method, httpVersion }, response) => {
  response.json({ ip, protocol, method, httpVersion });
});
app.get("/events", (request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  let sent = 0;
  const timer = setInterval(() => response.write(`data: ${++sent}\n\n`), 20);
  request.on("close", () => clearInterval(timer));
});
app.get("/seconds/:seconds", ({ params }, response) => {
  let left = Number(params.seconds);
  const timer = setInterval(() => {
    if (left-- > 0) response.write(".");
    else {
      clearInterval(timer);
      response.end("whole");
    }
  }, 1_000);
});
app.get("/error", () => {
  throw new Error("a bug");
});

const server = app.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit()));
