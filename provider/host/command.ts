import type { Place } from "../../model/place";
import { typedAt } from "./place";

/**
 * What is to be run, as data: a plan is a list of these. Nothing here is ever a shell string.
 */
export type Command = IpCommand | SettingCommand | FileCommand | ToolCommand;

/** One line for `ip -batch -`: `link set dev br0 up`; or for iproute2's other program, `bridge`. */
export interface IpCommand {
    readonly kind: "ip";
    readonly program?: "bridge";
    readonly place: Place;
    readonly line: string;
    /** A failure does not stop what follows (putting back what may have no way any more). */
    readonly optional?: true;
    /** The same from other places: a neighbour of the command may be there, whose process does it then. */
    readonly otherwise?: readonly { readonly place: Place; readonly line: string }[];
}

/** A value for a file below /proc/sys. */
export interface SettingCommand {
    readonly kind: "setting";
    readonly place: Place;
    /** `net/ipv4/ip_forward`; begun with `-` if a kernel without it is as good. */
    readonly path: string;
    readonly value: string;
    /** What a new device has from its start in a namespace that is made by us (quiet.ts). */
    readonly isInborn?: true;
}

/** A file of ours on the machine: a record, or settings that outlive a boot. */
export interface FileCommand {
    readonly kind: "file";
    readonly place: Place;
    readonly path: string;
    /** undefined removes it. */
    readonly content: string | undefined;
    /** A folder of ours that is removed with it. */
    readonly folder?: string;
    /** Fail if it is there already. */
    readonly exclusive?: boolean;
}

/** Anything else, by its argument vector. */
export interface ToolCommand {
    readonly kind: "tool";
    readonly place: Place;
    readonly argv: readonly string[];
    /** How a person would type it. */
    readonly text: string;
    /** The lines of a script that come to the same; absent, they are its argument vector. */
    readonly typed?: readonly string[];
    /** What it prints at its end: the answer to a question in a place. */
    readonly shows?: { readonly place: Place; readonly ask: string };
    /** It does nothing outside of its place. */
    readonly isNear?: true;
    /** The namespace that it makes. */
    readonly makes?: Place;
}

/** A link has its other end elsewhere, and a namespace may be any; what a tool does is not looked into. */
export const reachesFar = (command: Command): boolean =>
    (command.kind === "tool" && !command.isNear) ||
    (command.kind === "ip" && /^(link (add|del)|netns) /.test(command.line));

const WORD = /^[A-Za-z0-9_.:/@%+=,~-]+$/;

/** Builds an `ip` line; refuses any word that `ip -batch` would split or interpret. */
export function ip(place: Place, ...words: (string | number)[]): IpCommand {
    const texts = words.map(String);
    for (const word of texts) if (!WORD.test(word)) throw new Error(`not a word for ip: ${JSON.stringify(word)}`);
    return { kind: "ip", place, line: texts.join(" ") };
}

/** A line for `bridge`: bridge(8). */
export const bridgeLine = (place: Place, ...words: (string | number)[]): IpCommand => ({
    ...ip(place, ...words),
    program: "bridge",
});

export const setting = (place: Place, path: string, value: string): SettingCommand => ({
    kind: "setting",
    place,
    path,
    value,
});

/** A setting in the words of sysctl(8): with slashes where a device's name has a dot. */
export function sysctlWord({ path, value }: SettingCommand): string {
    const name = path.replace(/^-/, "");
    return `${name.replaceAll("/", name.includes(".") ? "/" : ".")}=${value}`;
}

/** The command as a person would type it. */
export function describe(command: Command): string {
    switch (command.kind) {
        case "ip":
            return typedAt(command.place, `${command.program ?? "ip"} ${command.line}`);
        case "setting":
            return typedAt(command.place, `sysctl -w ${sysctlWord(command)}`);
        case "file":
            return command.content === undefined ? `rm ${command.path}` : `write ${command.path}`;
        case "tool":
            return command.text;
    }
}
