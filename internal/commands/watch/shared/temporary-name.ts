import { basename } from "node:path";

/** What editors and savers call a file that is to take another's place: vim, emacs, Sublime Text, write-file-atomic, xsys. */
const TEMPORARY = /~$|^4913$|^\.?#|\.sw[a-z]$|\.(tmp|temp|subl)([-_\d][^.]*)?(\.|$)|\.(part|crdownload)$|\.\d{5,}$/i;

/** Whether a file is likely to be gone or renamed in a moment. */
export function looksTemporary(path: string): boolean {
  return TEMPORARY.test(basename(path));
}
