/**
 * Becomes the shell: the second argument, else the user's own there, else sh. At a terminal, the first argument stands in its prompt: bash reads its
 * usual file and then ours, from an input beside its own; others take the prompt from the environment, unless a file of theirs sets another.
 */
const BECOME_SHELL = [
    'prompt="($1) "; export prompt; shell=${2:-${SHELL:-/bin/sh}}; [ -x "$shell" ] || shell=/bin/sh',
    '[ -n "$3" ] || exec "$shell"',
    "case ${shell##*/} in bash) exec \"$shell\" --rcfile /dev/fd/9 -i 9<<'.'",
    "[ ! -r ~/.bashrc ] || . ~/.bashrc",
    'PS1="${prompt}${PS1}"; export -n prompt; exec 9<&-',
    ".",
    ";; esac",
    'PS1="$prompt\\$ "; export PS1; exec "$shell" -i',
].join("\n");

/** The argument vector of a shell whose prompt says where it is; without a terminal, one that reads its input. */
export const shellCommand = (where: string, shell: string | undefined, isTerminal: boolean): string[] => [
    "/bin/sh",
    "-c",
    BECOME_SHELL,
    "sh",
    where,
    shell ?? "",
    isTerminal ? "yes" : "",
];
