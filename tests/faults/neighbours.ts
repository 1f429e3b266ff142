import assert from "node:assert/strict";
import { join } from "node:path";
import { stackGroup } from "../../model/owner";
import { command, ipJson } from "../support/kernel";
import { Lab, type LabOptions, type Operation } from "../support/lab";

const PROJECT = join(__dirname, "neighbour");

export const RESOURCES = ["inside", "switch", "port", "cable", "forwarding", "extra", "out", "in"].sort();
/** What the change of one changes, as the engine counts it. */
export const CHANGES = ["replace extra: address", "update cable: rightMtu"];

export const namespaceOf = (number: number): string => `t${number}-a`;

/** One of several labs on this machine, of a number of its own. */
export async function makeNeighbour(number: number, options: LabOptions = {}): Promise<Lab> {
    const lab = await new Lab(PROJECT, { stack: `s${number}`, isTranslated: true, ...options }).make();
    await lab.edit("const NUMBER: number = 0;", `const NUMBER: number = ${number};`);
    return lab;
}

export const change = (lab: Lab, isDone: boolean): Promise<void> =>
    lab.edit(`const CHANGED: boolean = ${!isDone};`, `const CHANGED: boolean = ${isDone};`);

export function assertSucceeded({ succeeded, text }: Operation): void {
    assert.ok(succeeded, text);
}

type Addresses = readonly { readonly family?: unknown; readonly local?: unknown; readonly prefixlen?: unknown }[];

async function devices(...at: readonly string[]): Promise<string[]> {
    const links = await ipJson(...at, "address", "show");
    return links.map(({ ifname, mtu, addr_info: list }) => {
        const found = (list as Addresses).filter(({ family }) => family === "inet");
        const addresses = found.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
        return [ifname, mtu, ...addresses].join(" ");
    });
}

async function routes(...at: readonly string[]): Promise<string[]> {
    const found = await ipJson(...at, "-4", "route", "show", "proto", "157");
    return found.map(({ dst, gateway, dev }) => `${dst} via ${gateway} dev ${dev}`);
}

/** All that is on the machine of the lab of this number, by its names and its addresses. */
export async function thingsOf(number: number): Promise<string[]> {
    const isOf = (line: string): boolean => new RegExp(`\\bt${number}-|\\b10\\.${100 + number}\\.`).test(line);
    const owner = { project: "together", stack: `s${number}`, name: "" };
    const marked = await ipJson("link", "show", "group", String(stackGroup(owner)));
    const name = namespaceOf(number);
    const isThere = (await ipJson("netns", "list")).some((one) => one.name === name);
    const inside = isThere ? [...(await devices("-n", name)), ...(await routes("-n", name))] : [];
    const host = [...(await devices()), ...(await routes())].filter(isOf);
    // Of the host's lo, what is ours.
    const shown = host.map((line) => (line.startsWith("lo ") ? (line.split(" ").filter(isOf)[0] ?? "") : line));
    return [
        ...shown,
        ...inside.map((line) => `${name}: ${line}`),
        ...marked.map(({ ifname }) => `marked ${ifname}`),
    ].sort();
}

/** What is there of it when it is up. */
export function wholeOf(number: number, isChanged: boolean): string[] {
    const [net, name] = [`10.${100 + number}`, namespaceOf(number)];
    return [
        `t${number}-br 1500 ${net}.0.1/24`,
        `t${number}-p 1500`,
        `t${number}-q ${isChanged ? 1400 : 1500} ${net}.1.1/24`,
        `${net}.9.${isChanged ? 2 : 1}/32`,
        `10.${200 + number}.0.0/16 via ${net}.0.2 dev t${number}-br`,
        `${name}: lo 65536 127.0.0.1/8`,
        `${name}: eth0 1500 ${net}.0.2/24`,
        `${name}: eth1 1500 ${net}.1.2/24`,
        `${name}: default via ${net}.0.1 dev eth0`,
        ...["br", "p", "q"].map((one) => `marked t${number}-${one}`),
    ].sort();
}

/** Which links they are, and what the kernel and the records say of each. */
export async function identityOf(number: number): Promise<string> {
    const show = (...at: readonly string[]): Promise<string> => command(["ip", ...at, "-d", "-o", "link", "show"]);
    const host = (await show()).split("\n").filter((line) => line.includes(`: t${number}-`));
    const inside = await show("-n", namespaceOf(number));
    return `${host.join("\n")}\n${inside}`.replaceAll(/\w+_timer +[\d.]+/g, "");
}

/** The records that name the stack. */
export async function recordsOf(number: number): Promise<string> {
    const script =
        'grep -rl "together/$1/" /run/linuxnet 2>/dev/null; ls -d /run/linuxnet.*"$1".lock 2>/dev/null; true';
    return command(["sh", "-c", script, "sh", `s${number}`]);
}

/** Where the engine keeps the locks of a lab. */
export const locksOf = ({ folder }: Lab): string => join(folder, ".state", ".pulumi", "locks");
