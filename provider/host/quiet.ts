import type { Place } from "../../model/place";
import { type Command, type SettingCommand, setting } from "./command";

/**
 * What each device of ours has before it is up: addresses move up instead of vanishing, IPv6 works at once, and neighbours
 * are told of another MAC address instead of sending to the old one for a while.
 */
const QUIET: readonly (readonly [path: string, value: string])[] = [
    ["net/ipv4/conf/DEV/promote_secondaries", "1"],
    ["net/ipv4/conf/DEV/arp_notify", "1"],
    ["-net/ipv6/conf/DEV/accept_dad", "0"],
    ["-net/ipv6/conf/DEV/ndisc_notify", "1"],
];

/** With the name `default`, what every new device of a place begins with. */
export const quietSettings = (place: Place, name: string): SettingCommand[] =>
    QUIET.map(([path, value]) => ({ ...setting(place, path.replace("DEV", name), value), isInborn: true }));

/** Whether a command does something where each new device of a place that `isQuiet` is born with that. */
export const isNeeded = (command: Command, isQuiet: (place: Place) => boolean): boolean =>
    !(command.kind === "setting" && command.isInborn && isQuiet(command.place));

/** The places that are quiet when the commands are done: the namespaces that they make. */
export const madeBy = (commands: readonly Command[]): Place[] =>
    commands.flatMap((command) => (command.kind === "tool" && command.makes ? command.makes : []));

/** Makes it what every new device of the shell's namespace begins with: in one of ours, which is as new, none needs a program for it. */
export const BE_QUIET = QUIET.map(([path, value]) => {
    const file = `/proc/sys/${path.replace(/^-/, "").replace("DEV", "default")}`;
    return `${path.startsWith("-") ? `[ ! -e ${file} ] || ` : ""}echo ${value} >${file} || exit`;
}).join("; ");
