import { quote } from "../../model/quote.js";
import type { Planned } from "../../provider/commands.js";
import { scriptLines } from "../../provider/host/script.js";
import { shellWord } from "../../provider/host/shell-word.js";

/** What a shell is started with on another machine; nothing for this one. */
export type ShellOn = (machine: string) => readonly string[] | undefined;

const DONE = { create: "", update: ": changed", delete: ": removed" } as const;

/** Whatever a resource is called, it is one line. */
const title = ({ step: { operation, kind, name } }: Planned): string =>
    `# ${kind} ${quote(name).slice(1, -1)}${DONE[operation]}`;

/** The commands of each resource behind its name. */
function body(parts: readonly Planned[]): string[] {
    return parts.flatMap((part) => {
        const lines = scriptLines(part.commands);
        return lines.length > 0 ? ["", title(part), ...lines] : [];
    });
}

/** What is done on another machine is the input of a shell there. */
function section(machine: string, shell: readonly string[], lines: readonly string[]): string[] {
    const end = shellWord(`END OF ${machine}`);
    const delimiter = end.replaceAll("'", "");
    return ["", `# On ${machine}:`, `${shell.map(shellWord).join(" ")} << ${end}`, ...lines.slice(1), delimiter];
}

const HEADER = ["#!/bin/bash", '# What "linuxnet up" would run now, in its order. To be run as root.', "set -e"];

/** The script that does nothing. */
export const EMPTY = ["#!/bin/bash", "# Nothing would change: the lab is as its program says."].join("\n");

/** The whole as a script for bash on this machine: what is done here first, then one machine after the other. */
export function script(planned: readonly Planned[], shellOn: ShellOn): string {
    const machines = [...new Set(planned.map(({ machine }) => machine))];
    const sections = machines.map((machine) => {
        const lines = body(planned.filter((part) => part.machine === machine));
        const shell = shellOn(machine);
        return {
            isHere: shell === undefined,
            lines: shell && lines.length > 0 ? section(machine, shell, lines) : lines,
        };
    });
    const lines = sections.toSorted((a, b) => Number(b.isHere) - Number(a.isHere)).flatMap((one) => one.lines);
    return lines.length === 0 ? EMPTY : [...HEADER, ...lines].join("\n");
}
