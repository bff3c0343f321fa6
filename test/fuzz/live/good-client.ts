import { deepStrictEqual } from "node:assert";
import { connect } from "../../../clients/typescript/index.ts";
import { serveWorker } from "../../../clients/typescript/worker.ts";

/** Checks that the server works for a valid client, and then for a valid worker. */
export async function askGoodClient(server: { socket: string; port: number }, number: number): Promise<void> {
  const client = await connect({ socket: server.socket });
  try {
    const text = `written in round ${number}\n`;
    await client.fs.write({ path: "good.txt" }, { input: text });
    deepStrictEqual(await client.fs.read({ path: "good.txt" }), text);
    deepStrictEqual(await client.path.join({ segments: ["a", "b"] }), "a/b");
    deepStrictEqual((await client.search.grep({ path: ".", pattern: "round" })).length >= 1, true);
  } finally {
    client.close();
  }
  await askGoodWorker(server, number);
}

async function askGoodWorker({ socket, port }: { socket: string; port: number }, number: number): Promise<void> {
  const worker = await serveWorker((request) => new Response(`${number} ${request.method} ${request.url}`), {
    socket,
    exitOnClose: false,
  });
  try {
    const url = `http://127.0.0.1:${port}/round?n=${number}`;
    const response = await fetch(url, { headers: { connection: "close" } });
    deepStrictEqual([response.status, await response.text()], [200, `${number} GET ${url}`]);
  } finally {
    worker.close();
  }
}
