import { VERSION } from "../../internal/base/version.ts";

/** The commit from which an executable was built. Set by the build; undefined when run from source. */
declare const XSYS_COMMIT: string | undefined;

/**
 * What `xsys --version` prints: `xsys 0.1.0 (commit 0123456789ab, Node 26.10.0)`, or `source` instead of the commit.
 */
export function versionText(program = "xsys"): string {
  const commit = typeof XSYS_COMMIT === "undefined" ? "source" : XSYS_COMMIT;
  return `${program} ${VERSION} (${commit}, Node ${process.versions.node})`;
}
