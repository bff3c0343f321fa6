import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Loss } from "../../../internal/workers/loss.ts";
import { cleanUp, named, startProxy, startUpstream } from "./harness.ts";

/** Upstreams that come and go while the proxy runs. */

const WAITS = { waitLimit: () => 20_000, retryMax: 3 };

async function start(changing = WAITS) {
  const { url, port, proxy } = await startProxy({ changing });
  const { upstreams } = proxy;
  const add = (upstream: { readonly url: string }) => {
    const added = upstreams.create(upstream.url);
    upstreams.add(added);
    return added;
  };
  return { url, port, upstreams, add, proxy };
}

/** Reads the request, and resets its connection. */
const startReset = () => startUpstream((request) => request.socket.resetAndDestroy());

const text = async (answer: Promise<Response>) => (await answer).text();

describe("a request", () => {
  test("waits for the first upstream", async () => {
    const { url, add, proxy } = await start();
    const answer = text(fetch(url, { method: "POST", body: "hello" }));
    const late = await startUpstream(named("late"));
    expect(proxy.status()).toEqual([]);
    add(late);
    expect(await answer).toBe("late");
  });

  test("is answered with 503 if there is none in time", async () => {
    const { url } = await start({ ...WAITS, waitLimit: () => 50 });
    expect((await fetch(url)).status).toBe(503);
  });

  test("whose only upstream has died waits for the next one, if it may be repeated or was not sent", async () => {
    const { url, upstreams, add } = await start();
    const bad = await startReset();
    const first = add(bad);
    first.onFailed = () => upstreams.remove(first);
    const answer = text(fetch(url));
    await expect.poll(() => upstreams.all).toEqual([]);
    add(await startUpstream(named("next")));
    expect(await answer).toBe("next");
  });

  test("that an upstream resets again and again without having ended gives 502 soon", async () => {
    const { url, add } = await start();
    add(await startReset());
    expect((await fetch(url)).status).toBe(502);
  });

  test.each<[Loss, number]>([
    ["own", 2],
    ["outside", 4],
  ])("whose upstreams end with the reason %s is sent to %i of them", async (loss, times) => {
    const { url, upstreams, add } = await start();
    const all = await Promise.all(Array.from({ length: 6 }, startReset));
    for (const each of all) {
      const upstream = add(each);
      upstream.whyLost = Promise.resolve(loss);
      upstream.onFailed = () => void each.die().then(() => upstreams.remove(upstream));
    }
    expect((await fetch(url)).status).toBe(502);
    expect(all.reduce((sum, { requests }) => sum + requests(), 0)).toBe(times);
  });
});

describe("a removed upstream", () => {
  test("gets no more requests, answers those that it has, and is idle then", async () => {
    const { url, upstreams, add } = await start();
    const answering = Promise.withResolvers<() => void>();
    const old = add(await startUpstream((_, response) => answering.resolve(() => response.end("old"))));
    const answer = text(fetch(url));
    const end = await answering.promise;
    upstreams.remove(old);
    let isIdle = false;
    const idle = old.idle().then(() => {
      isIdle = true;
    });
    add(await startUpstream(named("new")));
    expect(await text(fetch(url))).toBe("new");
    expect(isIdle).toBe(false);
    end();
    expect(await answer).toBe("old");
    await idle;
  });

  test("is not idle while a WebSocket is open", async () => {
    const { port, upstreams, add } = await start();
    const upstream = await startUpstream(named("no WebSocket"));
    const sockets = new WebSocketServer({ server: upstream.server });
    cleanUp(() => sockets.close());
    const accepted = once(sockets, "connection");
    const added = add(upstream);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    cleanUp(() => socket.terminate());
    await Promise.all([once(socket, "open"), accepted]);
    upstreams.remove(added);
    const closed = once(socket, "close").then(() => "closed");
    const first = Promise.race([added.idle().then(() => "idle"), closed]);
    socket.close();
    expect(await first).toBe("closed");
    await added.idle();
  });
});
