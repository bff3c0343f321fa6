import { expect, test } from "vitest";
import { useGateway } from "../gateway/support.ts";

const start = useGateway();

test("a worker that leaves gets no more requests, and may answer those that it has", async () => {
  const gateway = await start();
  const leaving = await gateway.worker({ id: "0" });
  const before = gateway.ask("/before");
  const asked = await leaving.asked();
  const staying = await gateway.worker({ id: "1" });
  void staying.answerAll(() => "from the other worker");
  leaving.peer.send({ type: "Leave", payload: {} });
  expect(await leaving.peer.message()).toMatchObject({ type: "Left" });
  for (let count = 0; count < 4; count++) expect((await gateway.ask("/after")).body).toBe("from the other worker");
  leaving.answer(asked, "answered");
  expect((await before).body).toBe("answered");
});
