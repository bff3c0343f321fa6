import { kindOf, optionOf, type WebServer } from "./web-server.ts";

/**
 * Why a server's requests cannot come from the gateway, if they cannot: the gateway terminates TLS and HTTP/2, and
 * answers CONNECT itself.
 */
export function obstacleOf(server: WebServer, { takesTls }: { readonly takesTls: boolean }): string | undefined {
  if (!takesTls && usesTls(server)) return "it uses TLS, and the gateway has no certificate";
  if ("requestCert" in server && server.requestCert === true) return "it asks for client certificates (requestCert)";
  if (optionOf(server, "snicallback") !== undefined) return "it chooses its certificate for each host (SNICallback)";
  if (server.listenerCount("connect") > 0) return "it has a listener for CONNECT requests";
  if (kindOf(server) === "http2" && hasRawStreams(server)) return "it has a listener for HTTP/2 streams";
  return undefined;
}

/** Servers of node:https, and of node:http2 with TLS. */
function usesTls(server: WebServer): boolean {
  return "setSecureContext" in server;
}

/** Node adds a listener for streams itself, which makes requests of them. */
function hasRawStreams(server: WebServer): boolean {
  return server.listeners("stream").some(({ name }) => name !== "bound onServerStream");
}
