/** What a command ends with, where it is more than "done" and "failed": 0 and 1. It is told in its help, and in docs/cli.md. */
const CODES: Readonly<Record<string, readonly [zero: string, one: string]>> = {
    up: ["the lab is as its program says", "something failed, a check too, or you said no"],
    preview: ["the preview is whole", "a mistake was found, or --expect-no-changes was not met"],
    refresh: ["the state is as the machine is", "something failed"],
    destroy: ["nothing of the stack is left", "something is left, or you said no"],
    explain: ["there is a way, there and back", "there is none, or the program has a mistake"],
    graph: ["the picture is written", "it is not, or the program has a mistake"],
    labs: ["the labs are told", "a host cannot be reached"],
    inspect: ["it was shown", "a machine was not seen, or --exit-code and drift"],
    check: ["all checks are as expected", "one is not, or could not be run"],
    exec: ["as the command ends", "as the command ends, or it could not be run"],
    shell: ["as the shell ends", "as the shell ends, or there is no way there"],
    capture: ["as tcpdump ends", "as tcpdump ends, or there is no tcpdump there"],
    top: ["you have ended it, or it has counted to its end", "no machine was seen"],
    commands: ["the script is printed", "nothing is printed: the program has a mistake"],
    gc: ["nothing is left behind, or any more", "something is, and stays"],
    init: ["the project is written", "nothing is written: files are in the way"],
    import: ["the program is written, and adopted if you said yes", "it is not, or something differs from it"],
    doctor: ["all that is needed is there", "something needed is missing"],
    setup: ["all that is needed is there", "something cannot be had"],
    rootless: ["as the command ends", "as the command ends, or no namespaces for you"],
};

/** The lines of a command's help about its exit codes. */
export function exitCodes(name: string): string {
    const [zero, one] = CODES[name] ?? ["done", "it failed"];
    return `\nExit codes:\n  0  ${zero}\n  1  ${one}\n  2  it was called wrongly`;
}
