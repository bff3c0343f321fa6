import type { GatewayOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { count } from "../../flags/kinds.ts";
import { list, oneOf, optionalPath, text } from "../../flags/texts.ts";
import { SERVE_OPTIONS } from "../../serve-options.ts";

export const LISTENING = {
  port: count({ summary: "HTTP port; 0 for any free port.", byDefault: 4349, most: 65_535 }),
  host: text("Address to listen on; 0.0.0.0 or :: for all.", "127.0.0.1"),
  gateways: count({
    summary:
      "Number of gateway processes, which share the HTTP port and all limits. 1: the service itself is the gateway. " +
      "More than 1 requires Linux, and workers that use the SDK.",
    byDefault: 1,
    least: 1,
    most: 64,
  }),
  "tls-cert": optionalPath("Certificate chain in PEM format; enables HTTPS."),
  "tls-key": optionalPath("Private key of the certificate, in PEM format."),
  ipc: optionalPath("Same as --socket; XyPriss's name for it."),
  socket: SERVE_OPTIONS.socket,
  "trust-proxy": list(
    "Comma-separated proxies whose headers Forwarded, X-Forwarded-* and X-Real-IP are trusted. Each entry is " +
      "loopback, linklocal, uniquelocal, an address or a CIDR range; * stands for any address. These headers are " +
      "ignored if other clients send them.",
  ),
};

export const LOGGING = {
  "log-level": SERVE_OPTIONS["log-level"],
  "log-format": oneOf(
    "plain: text lines in the format that XyPriss parses; json: one JSON object per line; pretty: for people; auto: " +
      "pretty on a terminal, otherwise plain.",
    ["auto", "plain", "json", "pretty"],
    "auto",
  ),
};

export function listeningOptions(
  values: Values<typeof LISTENING>,
): Pick<GatewayOptions, "host" | "port" | "trustProxy"> {
  const { host, port } = values;
  return {
    // "localhost" may resolve only to ::1, but XyPriss's client connects to the host that it passed.
    host: host === "localhost" || host === "" ? "127.0.0.1" : host,
    port,
    trustProxy: values["trust-proxy"],
  };
}
