import { COMPLETE_WORD, SHELLS } from "../words.ts";

export { SHELLS };

export type Shell = (typeof SHELLS)[number];

export function isShell(word: string): word is Shell {
  return SHELLS.includes(word as Shell);
}

/** A completion script for a shell. If xsys has no candidates, the shell offers files. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# xsys completion for bash: put  source <(xsys completion bash)  into ~/.bashrc
_xsys() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" ${COMPLETE_WORD} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _xsys xsys
`,
  zsh: `#compdef xsys
# xsys completion for zsh: put  source <(xsys completion zsh)  into ~/.zshrc after compinit
_xsys() {
  local -a candidates
  candidates=(\${(f)"$($words[1] ${COMPLETE_WORD} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#candidates )); then compadd -a candidates; else _files; fi
}
compdef _xsys xsys
`,
  fish: `# xsys completion for fish: put  xsys completion fish | source  into ~/.config/fish/config.fish
function __xsys_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l candidates ($words[1] ${COMPLETE_WORD} $words[2..-1] "$current" 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\\n' $candidates
    else
        __fish_complete_path "$current"
    end
end
complete -c xsys -f -a '(__xsys_complete)'
`,
};
