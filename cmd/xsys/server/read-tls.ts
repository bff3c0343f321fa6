import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fromErrno, isErrno } from "../../../internal/base/errno.ts";
import type { GatewayOptions } from "../../../internal/gateway/options.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { ServerValues } from "./groups.ts";

/**
 * The certificate and key of --tls-cert and --tls-key, in PEM format; undefined without these flags.
 * @throws INVALID_PARAMS for one without the other, INVALID_DATA if they are invalid or do not match, or the read error
 */
export async function readTls(
  values: Pick<ServerValues, "tls-cert" | "tls-key">,
): Promise<GatewayOptions["tls"] | undefined> {
  const { "tls-cert": certFile, "tls-key": keyFile } = values;
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new XsysError("INVALID_PARAMS", "server start: --tls-cert and --tls-key must be given together");
  }
  const [cert, key] = [await readText("tls-cert", certFile), await readText("tls-key", keyFile)];
  const { createSecureContext } = await import("node:tls");
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${certFile} and ${keyFile} are not a matching certificate and private key: ${reason}`;
    throw new XsysError("INVALID_DATA", message, { cause: error });
  }
  return { cert, key };
}

async function readText(flag: string, path: string): Promise<string> {
  try {
    return await readFile(resolve(path), "utf8");
  } catch (error) {
    throw isErrno(error) ? fromErrno(error, `reading --${flag}`) : error;
  }
}
