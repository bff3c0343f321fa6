import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** Attacks until it is disposed of. The results on its own connections are not checked. */
export type Attack = (port: number) => Disposable;

const KIBIBYTE = 1024;
/** Milliseconds before a closed connection is replaced. Without a pause the attack would only compete for the CPU. */
const PAUSE = 20;
/** Number of replacements per connection. On a busy machine, abandoned work would otherwise pile up. */
const TIMES = 10;

export const ATTACKS: Readonly<Record<string, Attack>> = {
  "endless request headers, one byte at a time": (port) => {
    return trickle(port, 64, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");
  },
  "endless bodies, one byte at a time": (port) => {
    return trickle(port, 64, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
  },
  "pipelined requests whose responses are not read": (port) => {
    const requests = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2_000);
    return crowd(port, 16, (socket) => {
      socket.pause();
      socket.write(requests);
    });
  },
  "large responses that are not read": (port) => {
    return crowd(port, 32, (socket) => {
      socket.pause();
      socket.write("GET /big HTTP/1.1\r\nhost: x\r\n\r\n");
    });
  },
  "requests that are aborted in the middle of their body": (port) => {
    return crowd(port, 32, (socket) => {
      socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nsome", () => socket.resetAndDestroy());
    });
  },
  "requests that are aborted before their response": (port) => {
    return crowd(port, 32, (socket) => {
      socket.write("GET /big HTTP/1.1\r\nhost: x\r\n\r\n", () => socket.resetAndDestroy());
    });
  },
  "oversized request headers": (port) => {
    const line = `x-long: ${"x".repeat(8 * KIBIBYTE)}\r\n`;
    return crowd(port, 16, (socket) => socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${line.repeat(64)}\r\n`));
  },
  "Content-Length and chunked encoding together": (port) => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n";
    return crowd(port, 16, (socket) => socket.write(`${head}0\r\n\r\nGET /hidden HTTP/1.1\r\nhost: x\r\n\r\n`));
  },
  "chunks of invalid sizes": (port) => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    return crowd(port, 16, (socket) => socket.write(`${head}ffffffffffffffffff\r\nx`));
  },
  "random bytes": (port) => crowd(port, 16, (socket) => socket.write(randomBytes(64 * KIBIBYTE))),
  "idle connections": (port) => crowd(port, 256, () => {}),
};

/** `count` connections that each call `act`. Closed connections are replaced. */
function crowd(port: number, count: number, act: (socket: Socket) => void): Disposable {
  const sockets = new Set<Socket>();
  let left = count * TIMES;
  const join = () => {
    const socket = connect({ port, host: "127.0.0.1" }, () => act(socket));
    sockets.add(socket);
    socket.on("error", () => {}); // a reset by the server is expected
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
