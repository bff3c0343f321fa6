import { VERSION } from "../../internal/base/version.ts";

/** The commit that an executable was built of. Set by the build; there is none in the sources. */
declare const XSYS_COMMIT: string | undefined;

/** What `xsys --version` prints: `xsys 0.1.0 (commit 0123456789ab, Node 26.10.0)`, or `source` in the commit's place. */
export function versionText(): string {
  const commit = typeof XSYS_COMMIT === "undefined" ? "source" : XSYS_COMMIT;
  return `xsys ${VERSION} (${commit}, Node ${process.versions.node})`;
}
