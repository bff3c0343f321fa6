import { basename } from "node:path";

/** Names of temporary files that will replace another file: of vim, emacs, Sublime Text, write-file-atomic, xsys. */
const TEMPORARY = /~$|^4913$|^\.?#|\.sw[a-z]$|\.(tmp|temp|subl)([-_\d][^.]*)?(\.|$)|\.(part|crdownload)$|\.\d{5,}$/i;

/** Whether a file is likely to be deleted or renamed soon. */
export function looksTemporary(path: string): boolean {
  return TEMPORARY.test(basename(path));
}
