import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes an unchanged Node application listen on the socket of the keeper: its HTTP server for the app's port, or else its
 * first HTTP server, gets descriptor 3. Other servers, and other processes and threads of the app, listen as they say.
 * Also, unless the application handles SIGTERM itself: the server accepts no more connections, answers what it has
 * accepted, and then the process ends by the signal. Plain JavaScript for the application's own Node, 18 and later.
 */
const PRELOAD = `"use strict";
const { LISTEN_PID, LISTEN_FDS, XSYS_PORT } = process.env;
if (LISTEN_PID === String(process.pid) && LISTEN_FDS === "1" && require("node:worker_threads").isMainThread) {
  const { Server } = require("node:net");
  const { Server: HttpServer } = require("node:http");
  const { Server: HttpsServer } = require("node:https");
  const { listen } = Server.prototype;
  let taken;
  const portOf = ([first]) => {
    const port = typeof first === "object" && first !== null ? (first.fd === undefined && !first.path ? first.port : undefined) : first;
    return /^\\d+$/.test(String(port)) ? Number(port) : undefined;
  };
  const isHttp = (server) => server instanceof HttpServer || server instanceof HttpsServer;
  Server.prototype.listen = function (...args) {
    const port = portOf(args);
    const takes = taken === undefined && port !== undefined && (port === Number(XSYS_PORT) || isHttp(this));
    if (!takes) return listen.apply(this, args);
    taken = this;
    this.once("close", () => { taken = undefined; });
    const callback = args.find((each) => typeof each === "function");
    return callback === undefined ? listen.call(this, { fd: 3 }) : listen.call(this, { fd: 3 }, callback);
  };
  const end = () => {
    if (process.listenerCount("SIGTERM") > 1) return;
    const die = () => {
      process.off("SIGTERM", end);
      process.kill(process.pid, "SIGTERM");
    };
    if (taken === undefined || !taken.listening) return die();
    // Not close() of node:http, which also closes connections that were accepted just now and whose request is on its way.
    Server.prototype.close.call(taken, die);
    taken.prependListener("request", (_, response) => { response.shouldKeepAlive = false; });
    const closeIdle = () => taken?.closeIdleConnections?.();
    setTimeout(() => setInterval(closeIdle, 100), 1000);
  };
  process.on("SIGTERM", end);
}
`;

/** Writes the preload to a folder and returns its path. */
export function writePreload(folder: string): string {
  const path = join(folder, "listen.cjs");
  writeFileSync(`${path}.new`, PRELOAD, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** The environment of a clone whose Node is to load the preload; options that it has already stay. */
export function withPreload(
  env: Readonly<Record<string, string>>,
  { preload, port }: { readonly preload: string; readonly port: number },
): Record<string, string> {
  const option = `--require="${preload.replaceAll(/[\\"]/g, "\\$&")}"`;
  const { NODE_OPTIONS: others } = env;
  return {
    PORT: String(port),
    ...env,
    XSYS_PORT: String(port),
    NODE_OPTIONS: others === undefined || others === "" ? option : `${others} ${option}`,
  };
}
