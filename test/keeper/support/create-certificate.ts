import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Sandbox } from "../../support/sandbox.ts";

/** Options of a TLS server for localhost, whose files are in the sandbox. */
export function createCertificate(sandbox: Sandbox): { readonly key: string; readonly cert: string } {
  const [key, cert] = [sandbox.path("key.pem"), sandbox.path("cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes"];
  const words = ["req", "-x509", "-newkey", "ed25519", "-keyout", key, "-out", cert, ...subject];
  execFileSync("openssl", words, { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
