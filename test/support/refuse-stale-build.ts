import { globSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = `dist/xsys${process.platform === "win32" ? ".exe" : ""}`;

/** Before the tests of the built executable: checks that the build is newer than the sources. */
export default function refuseStaleBuild(): void {
  const built = statSync(`${ROOT}${PROGRAM}`, { throwIfNoEntry: false });
  if (built === undefined) throw new Error(`there is no ${PROGRAM}: run npm run build`);
  const sources = globSync(["{clients,cmd,internal,protocol,scripts}/**/*.{ts,js,c,h}", "package-lock.json"], {
    cwd: ROOT,
  });
  const newer = sources.filter((file) => statSync(`${ROOT}${file}`).mtimeMs > built.mtimeMs);
  if (newer.length > 0) throw new Error(`${PROGRAM} is older than ${newer[0]}: run npm run build`);
}
