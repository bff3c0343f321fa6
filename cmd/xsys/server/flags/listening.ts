import type { GatewayOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { count } from "../../flags/kinds.ts";
import { list, oneOf, optionalPath, text } from "../../flags/texts.ts";
import { SERVE_OPTIONS } from "../../serve-options.ts";

export const LISTENING = {
  port: count({ summary: "Port of HTTP; 0 takes a free one.", byDefault: 4349, most: 65_535 }),
  host: text("Address that HTTP listens on; 0.0.0.0 or :: for all.", "127.0.0.1"),
  "tls-cert": optionalPath("Certificate chain in PEM: HTTPS, with HTTP/2 where a client asks for it."),
  "tls-key": optionalPath("Its private key."),
  ipc: optionalPath("Where workers and commands connect: the same as --socket, under XyPriss's name.", "--socket"),
  socket: SERVE_OPTIONS.socket,
  "trust-proxy": list(
    "Proxies whose X-Forwarded-* and Forwarded count, and are taken from nobody else: loopback, linklocal, uniquelocal, addresses, CIDR; * for any.",
  ),
};

export const LOGGING = {
  "log-level": SERVE_OPTIONS["log-level"],
  "log-format": oneOf(
    "plain: a line of text as XyPriss reads it; json: an object a line; pretty: for people; auto: pretty on a terminal, else plain.",
    ["auto", "plain", "json", "pretty"],
    "auto",
  ),
};

export function listeningOptions(
  values: Values<typeof LISTENING>,
): Pick<GatewayOptions, "host" | "port" | "trustProxy"> {
  const { host, port } = values;
  return {
    // A host may be known by ::1 alone, and XyPriss's client asks for the one it named.
    host: host === "localhost" || host === "" ? "127.0.0.1" : host,
    port,
    trustProxy: values["trust-proxy"],
  };
}
