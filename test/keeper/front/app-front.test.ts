import { expect, test, vi } from "vitest";
import type { Supervisor } from "../../../internal/cluster/supervisor.ts";
import { AppFront } from "../../../internal/keeper/front/app-front.ts";
import type { FrontPeer } from "../../../internal/keeper/front/front-peer.ts";
import type { WorkerChannel } from "../../../internal/workers/channel.ts";
import type { Loss } from "../../../internal/workers/loss.ts";

const JOINED = { app: "web", link: 1, id: "0", key: "k", pid: 5 };
const GONE = { app: "web", link: 1, hasLeft: false, inFlight: 2, endedByRequest: false };
const REQUESTS = [{ method: "GET", path: "/", age: 3 }];

/** The keeper's side of an app with one clone, and the messages that it has sent to the gateway. */
function scene() {
  const sent: unknown[] = [];
  const gateway = {
    isClosing: false,
    send: (type: string, payload: object) => void sent.push([type, payload]),
  } as unknown as FrontPeer;
  const lost = Promise.withResolvers<Loss>();
  const adopted: WorkerChannel[] = [];
  const supervisor = {
    expectsWorker: true,
    pending: 0,
    adopt: (channel: WorkerChannel) => {
      adopted.push(channel);
      return lost.promise;
    },
  } as unknown as Supervisor;
  const front = new AppFront({ app: "web" } as never, () => {});
  front.attach(supervisor);
  front.opened(gateway);
  front.joined(gateway, JOINED);
  const [worker] = adopted as [WorkerChannel];
  const onClose = vi.fn();
  worker.onClose(onClose);
  sent.length = 0;
  return { front, gateway, worker, lost, sent, onClose };
}

test("the gateway is told why a worker was lost, also if the keeper sees the end of the process first", async () => {
  const { front, gateway, worker, lost, sent, onClose } = scene();
  lost.resolve("outside");
  worker.close(); // its process has ended
  expect(sent).toEqual([["CloseWorker", { app: "web", link: 1 }]]);
  expect(onClose).not.toHaveBeenCalled();

  front.gone(gateway, { ...GONE, requests: REQUESTS });
  await expect.poll(() => sent).toContainEqual(["WorkerLost", { app: "web", link: 1, loss: "outside" }]);
  expect(onClose).toHaveBeenCalledOnce();
  expect([worker.inFlight, worker.requestsInFlight(10)]).toEqual([2, REQUESTS]);
});

test("a worker is closed without the gateway's last words if the gateway has none", async () => {
  const { front, gateway, worker, onClose } = scene();
  worker.close();
  front.gatewayGone(gateway);
  expect(onClose).toHaveBeenCalledOnce();

  const hung = scene();
  hung.worker.close();
  await expect.poll(() => hung.onClose).toHaveBeenCalledOnce();
});

test("a worker that is being closed is not expected to connect to the next gateway", () => {
  const { front, gateway, worker, onClose } = scene();
  gateway.isClosing = true;
  worker.close();
  front.gone(gateway, { ...GONE, requests: [] });
  expect(onClose).toHaveBeenCalledOnce();
});

test("a worker that its supervisor makes active is never told that it is not", () => {
  const sent: unknown[] = [];
  const gateway = { isClosing: false, send: (type: string, payload: object) => void sent.push([type, payload]) };
  const front = new AppFront({ app: "web" } as never, () => {});
  front.attach({
    expectsWorker: true,
    pending: 0,
    adopt: (channel: WorkerChannel) => {
      channel.setActive(true);
      return new Promise(() => {});
    },
  } as unknown as Supervisor);
  front.joined(gateway as unknown as FrontPeer, JOINED);
  expect(sent).toEqual([["SetActive", { app: "web", link: 1, active: true }]]);
});
