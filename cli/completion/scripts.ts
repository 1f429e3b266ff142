/** What completes in each shell. The words that are typed are handed over as arguments: nothing of them is evaluated. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** bash takes = and : for the ends of words; what belongs together is put together again, and what was there is not repeated. */
const bash = `# bash completion for linuxnet: eval "$(linuxnet completion bash)"
_linuxnet() {
    local words=() raw joined= cur skip value more
    for raw in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ \${#words[@]} -gt 0 && ( -n $joined || $raw =~ ^[=:]+$ ) ]]; then
            words[\${#words[@]}-1]+=$raw
        else
            words+=("$raw")
        fi
        [[ $raw =~ ^[=:]+$ ]] && joined=yes || joined=
    done
    cur=\${words[\${#words[@]}-1]}
    [[ -n $joined ]] && skip=\${#cur} || skip=$((\${#cur} - \${#raw}))
    COMPREPLY=()
    while IFS=$'\\t' read -r value more; do
        case $value in
            :files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "\${cur:skip}") ;;
            :folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "\${cur:skip}") ;;
            ?*) COMPREPLY+=("\${value:skip}") ;;
        esac
    done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _linuxnet linuxnet
`;

const zsh = `#compdef linuxnet
# zsh completion for linuxnet: eval "$(linuxnet completion zsh)"
_linuxnet() {
    local -a lines values shown
    local line
    lines=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
    for line in $lines; do
        case $line in
            :files) _files; return ;;
            :folders) _files -/; return ;;
        esac
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
    done
    compadd -l -d shown -a values
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _linuxnet linuxnet
`;

const fish = `# fish completion for linuxnet: linuxnet completion fish | source
function __linuxnet_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..] "$current" 2>/dev/null)
    switch "$lines[1]"
        case ':files'
            __fish_complete_path $current
        case ':folders'
            __fish_complete_directories $current
        case '*'
            string join \\n -- $lines
    end
end
complete --command linuxnet --no-files --arguments '(__linuxnet_complete)'
`;

export const scripts: Readonly<Record<(typeof SHELLS)[number], string>> = { bash, zsh, fish };
