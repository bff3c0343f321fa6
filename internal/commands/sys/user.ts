import { userInfo } from "node:os";
import { user } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import { homeFolder } from "./shared/home-folder.ts";

export default handle(user, (_, { host }) => {
  const { username, uid, gid, shell } = knownUser() ?? unknownUser();
  return { username, uid, gid, home: homeFolder(host.env), shell: shell ?? "" };
});

/** Undefined for a user id without an entry in the user database, as in a container with `--user 12345`. */
function knownUser() {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}

function unknownUser() {
  const uid = process.getuid?.() ?? -1;
  return { username: String(uid), uid, gid: process.getgid?.() ?? -1, shell: null };
}
