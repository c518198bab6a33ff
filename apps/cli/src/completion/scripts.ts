/** Shells that TAB is known in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/**
 * What a shell needs to ask the program itself for what may stand at the cursor: `scst-local __complete LINE` prints `values`, `files` or
 * `directories`, then one candidate a line, with its description after a tab.
 */
export const completionScript = (shell: Shell): string => SCRIPTS[shell];

const BASH = String.raw`# bash completion for scst-local
_scst_local() {
  local line="${'$'}{COMP_LINE:0:COMP_POINT}" reply word prefix
  mapfile -t reply < <(scst-local __complete "$line" 2>/dev/null)
  local mode="${'$'}{reply[0]:-files}"
  word="${'$'}{line##*[[:space:]]}"
  COMPREPLY=()
  case "$mode" in
    values)
      # Bash takes ":" and "=" for ends of words where COMP_WORDBREAKS has them: only what is behind is replaced.
      prefix="${'$'}{word%"${'$'}{word##*[:=]}"}"
      local candidate
      for candidate in "${'$'}{reply[@]:1}"; do
        candidate="${'$'}{candidate%%$'\t'*}"
        COMPREPLY+=("${'$'}{candidate#"$prefix"}")
      done
      if [[ ${'$'}{#COMPREPLY[@]} -eq 1 && ${'$'}{COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
      ;;
    directories)
      compopt -o dirnames
      ;;
    *)
      compopt -o default
      ;;
  esac
}
complete -F _scst_local scst-local
`;

const ZSH = String.raw`#compdef scst-local
_scst_local() {
  local -a reply described
  local candidate value tab=$'\t'
  reply=("${'$'}{(@f)$(scst-local __complete "${'$'}{(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  case "${'$'}{reply[1]}" in
    values)
      for candidate in "${'$'}{(@)reply[2,-1]}"; do
        value="${'$'}{candidate%%$tab*}"
        if [[ "$candidate" == *$tab?* ]]; then
          described+=("${'$'}{value//:/\\:}:${'$'}{candidate#*$tab}")
        else
          described+=("${'$'}{value//:/\\:}")
        fi
      done
      if [[ ${'$'}{#described} -eq 1 && "${'$'}{described[1]}" == */ ]]; then
        _describe 'value' described -S ''
      else
        _describe 'value' described
      fi
      ;;
    directories)
      _files -/
      ;;
    *)
      _files
      ;;
  esac
}
# In a file of $fpath this is the body of the function _scst-local; sourced, it only says who completes.
if [[ "${'$'}{funcstack[1]}" == _scst-local ]]; then
  _scst_local "$@"
else
  compdef _scst_local scst-local
fi
`;

const FISH = String.raw`# fish completion for scst-local
function __scst_local_complete
  set -l reply (scst-local __complete (commandline -cp) 2>/dev/null)
  switch "$reply[1]"
    case values
      printf '%s\n' $reply[2..-1]
    case directories
      __fish_complete_directories (commandline -ct)
    case '*'
      __fish_complete_path (commandline -ct)
  end
end
complete -c scst-local -f -a '(__scst_local_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
