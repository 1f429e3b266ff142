import { command, ip, parseList, run } from "../support/kernel";
import type { Case } from "./hostile";

/** Why something is refused that the kernel would take: in words, and how it is told. */
export type Reasons = readonly (readonly [reason: string, applies: RegExp | ((text: string) => boolean)])[];

export interface Taken<C extends Case> {
    /** How many for which reason. */
    readonly text: string;
    /** Those for which there is none. */
    readonly unexplained: readonly C[];
}

const ORACLE = "oracle";
/** How many are given to the kernel together. */
const TOGETHER = 100;

/** No argument of a command holds it: nobody can say it to `ip` at all. */
const isSayable = (text: string): boolean => !/[\0\p{Cs}]/u.test(text) && text.length < 100_000;

async function withOracle<T>(work: () => Promise<T>): Promise<T> {
    await ip("netns", "add", ORACLE);
    try {
        return await work();
    } finally {
        await ip("netns", "del", ORACLE);
    }
}

function explain<C extends Case>(taken: readonly C[], reasons: Reasons): Taken<C> {
    const counts = new Map<string, number>();
    const unexplained: C[] = [];
    for (const one of taken) {
        const found = reasons.find(([, applies]) =>
            applies instanceof RegExp ? applies.test(one.value) : applies(one.value),
        );
        if (found === undefined) unexplained.push(one);
        else counts.set(found[0], (counts.get(found[0]) ?? 0) + 1);
    }
    const lines = Array.from(counts, ([reason, count]) => `${count}: ${reason}`);
    return { text: ["refused, and the kernel would take it:", ...lines].join("\n    "), unexplained };
}

/** Gives each of the texts to plain `ip`, in a namespace of its own, and looks which of them are there afterwards. */
async function taken<C extends Case>(
    cases: readonly C[],
    tellKernel: (text: string) => readonly string[],
    seen: () => Promise<(text: string) => boolean>,
): Promise<C[]> {
    const sayable = cases.filter(({ value }) => isSayable(value));
    const found: C[] = [];
    for (let at = 0; at < sayable.length; at += TOGETHER) {
        const some = sayable.slice(at, at + TOGETHER);
        await withOracle(async () => {
            await ip("-n", ORACLE, "link", "add", "name", "eth7", "type", "bridge");
            for (const { value } of some) await run(["ip", "-n", ORACLE, ...tellKernel(value)]);
            const isThere = await seen();
            found.push(...some.filter(({ value }) => isThere(value)));
        });
    }
    return found;
}

/** Which refused names the kernel takes for a device, byte for byte. */
export async function namesTaken<C extends Case>(cases: readonly C[], reasons: Reasons): Promise<Taken<C>> {
    const find = ["find", "/sys/class/net", "-mindepth", "1", "-type", "l", "-printf", "%f\\0"];
    const found = await taken(
        cases,
        (name) => ["link", "add", "name", name, "type", "bridge"],
        async () => {
            const names = new Set((await command(find, { where: ORACLE })).split("\0"));
            return (name) => name !== "" && name !== "lo" && names.has(name);
        },
    );
    return explain(found, reasons);
}

/** Which refused addresses the kernel takes as they are: the same address with the same length. */
export async function addressesTaken<C extends Case>(
    cases: readonly C[],
    reasons: Reasons,
    canonical: (text: string) => string | undefined,
): Promise<Taken<C>> {
    const found = await taken(
        cases,
        (address) => ["addr", "add", address, "dev", "eth7"],
        async () => {
            const [link] = parseList(await ip("-n", ORACLE, "-j", "addr", "show", "dev", "eth7"));
            const list: readonly Record<string, unknown>[] = Object(link).addr_info ?? [];
            const there = new Set(list.map(({ local, prefixlen }) => canonical(`${local}/${prefixlen}`)));
            return (text) => there.has(canonical(text) ?? text) && canonical(text) !== undefined;
        },
    );
    return explain(found, reasons);
}
