import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { useGateway } from "./support.ts";

const startGateway = useGateway();

test("an upgrade request with a body is answered as a normal request", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  void worker.answerAll(({ body }) => `got ${Buffer.from(body, "base64")}`);
  const socket = connect(gateway.port, "127.0.0.1");
  const upgrade = "connection: upgrade, close\r\nupgrade: websocket\r\n";
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${upgrade}content-length: 5\r\n\r\nhel`); // the rest of the body follows
  socket.write("lo");
  let answer = "";
  socket.on("data", (bytes) => {
    answer += bytes;
  });
  await once(socket, "end");
  expect(answer).toMatch(/^HTTP\/1\.1 200 .*got hello$/s);
  expect(gateway.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});
