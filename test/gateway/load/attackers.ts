import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** Somebody who means no good, until disposed of. What becomes of their own connections is of no interest. */
export type Attack = (port: number) => Disposable;

const KIBIBYTE = 1024;
/** Milliseconds before a closed connection is made anew: at full speed, it is the processors that are fought for. */
const PAUSE = 20;
/** How often each is made anew: on a machine that has much else to do, work that nobody wants any more would pile up. */
const TIMES = 10;

export const ATTACKS: Readonly<Record<string, Attack>> = {
  "heads that never end, a byte at a time": (port) => {
    return trickle(port, 64, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");
  },
  "bodies that never end, a byte at a time": (port) => {
    return trickle(port, 64, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
  },
  "requests in one go, whose answers nobody reads": (port) => {
    const requests = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2_000);
    return crowd(port, 16, (socket) => {
      socket.pause();
      socket.write(requests);
    });
  },
  "large answers that nobody reads": (port) => {
    return crowd(port, 32, (socket) => {
      socket.pause();
      socket.write("GET /big HTTP/1.1\r\nhost: x\r\n\r\n");
    });
  },
  "requests that are given up half way": (port) => {
    return crowd(port, 32, (socket) => {
      socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nsome", () => socket.resetAndDestroy());
    });
  },
  "requests that are given up before their answer": (port) => {
    return crowd(port, 32, (socket) => {
      socket.write("GET /big HTTP/1.1\r\nhost: x\r\n\r\n", () => socket.resetAndDestroy());
    });
  },
  "heads without measure": (port) => {
    const line = `x-long: ${"x".repeat(8 * KIBIBYTE)}\r\n`;
    return crowd(port, 16, (socket) => socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${line.repeat(64)}\r\n`));
  },
  "a length and chunks together": (port) => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n";
    return crowd(port, 16, (socket) => socket.write(`${head}0\r\n\r\nGET /hidden HTTP/1.1\r\nhost: x\r\n\r\n`));
  },
  "chunks of impossible sizes": (port) => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    return crowd(port, 16, (socket) => socket.write(`${head}ffffffffffffffffff\r\nx`));
  },
  "bytes by chance": (port) => crowd(port, 16, (socket) => socket.write(randomBytes(64 * KIBIBYTE))),
  "connections that say nothing": (port) => crowd(port, 256, () => {}),
};

/** Connections of which each does one thing; those that are closed are made anew. */
function crowd(port: number, count: number, act: (socket: Socket) => void): Disposable {
  const sockets = new Set<Socket>();
  let left = count * TIMES;
  const join = () => {
    const socket = connect({ port, host: "127.0.0.1" }, () => act(socket));
    sockets.add(socket);
    socket.on("error", () => {}); // a refusal is its due
    socket.on("data", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      if (left-- > 0) setTimeout(join, PAUSE).unref();
    });
  };
  for (let i = 0; i < count; i++) join();
  return {
    [Symbol.dispose]: () => {
      left = 0;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function trickle(port: number, count: number, head: string): Disposable {
  const open = new Set<Socket>();
  const all = crowd(port, count, (socket) => {
    open.add(socket);
    socket.write(head);
    socket.on("close", () => open.delete(socket));
  });
  const timer = setInterval(() => {
    for (const socket of open) socket.write("x");
  }, 20);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      all[Symbol.dispose]();
    },
  };
}
