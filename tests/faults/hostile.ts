import assert from "node:assert/strict";
import { listCommands, withCommandLog } from "../support/commands";
import { type Inputs, type KindName, Refused, type Resource, Stack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertSame, takeSettledSnapshot } from "../support/snapshot-difference";
import { type Family, randomNumbers } from "./family";
import type { Hostile } from "./grammar";

/** Where a hostile text stands in a program. */
export interface Role {
    readonly name: string;
    readonly kind: KindName;
    /** As the user writes it: `left.name`. */
    readonly property: string;
    /** How many cases it gets, beside the others. */
    readonly weight: number;
    /** Makes of a text what may be right in this role; every other case gets it so. */
    fit?(value: string): string;
    /** The inputs of the resource; the number tells it from others. */
    inputs(value: string, number: number): Inputs;
}

export interface Case<R extends Role = Role> extends Hostile {
    readonly number: number;
    readonly role: R;
}

export const idOf = ({ number, role, sort }: Case): string => `${number}, ${sort} as ${role.name}`;
export const kindOf = ({ role, sort }: Case): string => `${sort} as ${role.name}`;

/** Each text in a role drawn by lot. */
export function cast<R extends Role>(texts: readonly Hostile[], roles: readonly R[], purpose: string): Case<R>[] {
    const random = randomNumbers(purpose);
    const lots = roles.flatMap((role) => Array.from({ length: role.weight }, () => role));
    return texts.map((text, number) => {
        const role = lots[Math.floor(random() * lots.length)];
        if (role === undefined) throw new Error("There are no roles.");
        const value = number % 2 === 0 ? (role.fit?.(text.value) ?? text.value) : text.value;
        return { ...text, value, number, role };
    });
}

/** Control characters, marks of direction, halves of pairs, separators: what a terminal would act upon. */
const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** A text as it may be printed, whatever is in it. */
const inAscii = (text: string): string =>
    JSON.stringify(text.slice(0, 200)).replace(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );

/** Where, what was given, what is expected; nothing of the given text gets to the terminal as it is. */
function assertReadable(message: string, property: string, value: string): void {
    const lines = message.split("\n");
    assert.ok(lines.length <= 3, `${lines.length} lines: ${JSON.stringify(message)}`);
    for (const line of lines) assert.doesNotMatch(line, RAW, JSON.stringify(message));
    assert.ok(message.startsWith(`${property}: given `), JSON.stringify(message));
    assert.match(lines[1] ?? "", /^expected ./);
    assert.ok(message.length < 1000, `${message.length} characters: ${message.slice(0, 100)}…`);
    if (/^[ -~]{0,60}$/.test(value)) assert.ok(lines[0]?.includes(JSON.stringify(value)), JSON.stringify(message));
}

export interface Accepted<R extends Role> {
    readonly one: Case<R>;
    readonly resource: Resource;
    /** As the check returns them. */
    readonly inputs: Inputs;
}

/** How many checks are looked at together. */
const CHECKS = 500;
/** How many accepted ones are made together. */
const GROUP = 24;

/** The cases of a family, what was found wrong with each, and which of them were accepted. */
export class Trial<R extends Role> {
    readonly accepted: Accepted<R>[] = [];
    readonly refused: Case<R>[] = [];
    readonly #wrong = new Map<Case<R>, unknown>();

    constructor(
        private readonly family: Family,
        private readonly cases: readonly Case<R>[],
    ) {}

    wrong(one: Case<R>, error: unknown): void {
        if (!this.#wrong.has(one)) this.#wrong.set(one, error);
    }

    /** Asks the provider's check about each; none of them may change anything. */
    async check(): Promise<void> {
        for (let at = 0; at < this.cases.length; at += CHECKS) {
            const some = this.cases.slice(at, at + CHECKS);
            const before = await takeSettledSnapshot();
            const { mutating } = await withCommandLog(async () => {
                for (const one of some) await this.#checkOne(one);
            });
            assert.equal(listCommands(mutating), "", "a check has run a command that changes something");
            assertSame(before, await takeSnapshot());
        }
    }

    async #checkOne(one: Case<R>): Promise<void> {
        const { role, number, value } = one;
        const resource = new Stack("test", "hostile").resource(role.kind, `case-${number}`);
        try {
            const inputs = (await resource.check(role.inputs(value, number))) as Inputs;
            this.accepted.push({ one, resource, inputs });
        } catch (error) {
            this.refused.push(one);
            if (!(error instanceof Refused)) this.wrong(one, error);
            else this.#try(one, () => assertReadable(error.message, role.property, value));
        }
    }

    #try(one: Case<R>, work: () => void): void {
        try {
            work();
        } catch (error) {
            this.wrong(one, error);
        }
    }

    /**
     * Does the work with the accepted ones of some roles, several together; where it fails, with each of them alone, to
     * tell which it is. No two that the key takes for the same are together.
     */
    async make(
        roles: readonly R[],
        work: (group: readonly Accepted<R>[]) => Promise<void>,
        options: { keyOf(one: Case<R>): string; repair(): Promise<void>; size?: number },
    ): Promise<void> {
        const wanted = this.accepted.filter(({ one }) => roles.includes(one.role));
        for (const group of groupsOf(wanted, ({ one }) => options.keyOf(one), options.size ?? GROUP)) {
            try {
                await work(group);
            } catch {
                await options.repair();
                for (const alone of group) {
                    await work([alone]).catch(async (error) => {
                        this.wrong(alone.one, error);
                        await options.repair();
                    });
                }
            }
        }
    }

    /** How many of each sort were accepted: `plain 412/430`. */
    get split(): ReadonlyMap<string, { readonly accepted: number; readonly all: number }> {
        const sorts = [...new Set(this.cases.map(({ sort }) => sort))];
        const count = (list: readonly Case<R>[], sort: string): number =>
            list.filter((one) => one.sort === sort).length;
        const accepted = this.accepted.map(({ one }) => one);
        return new Map(sorts.map((sort) => [sort, { accepted: count(accepted, sort), all: count(this.cases, sort) }]));
    }

    /** A run in which nearly everything is refused proves nothing: of these sorts, in these roles, so much was accepted. */
    assertAccepted(sorts: readonly string[], share: number, roles: readonly R[]): void {
        const isOne = ({ sort, role }: Case<R>): boolean => sorts.includes(sort) && roles.includes(role);
        const all = this.cases.filter(isOne).length;
        const accepted = this.accepted.filter(({ one }) => isOne(one)).length;
        const what = `${sorts.join(", ")} as ${roles.map(({ name }) => name).join(", ")}`;
        assert.ok(accepted >= all * share, `only ${accepted} of ${all} were accepted: ${what}`);
    }

    /** Counts all of them in the family, and says what was accepted. */
    async finish(): Promise<void> {
        for (const one of this.cases) {
            await this.family.run(idOf(one), async () => {
                if (!this.#wrong.has(one)) return;
                const error = this.#wrong.get(one);
                throw new Error(`${inAscii(one.value)}: ${Object(error).message ?? error}`);
            });
        }
        const shares = Array.from(this.split, ([sort, { accepted, all }]) => `${sort} ${accepted}/${all}`);
        const sums = `${this.accepted.length} accepted, ${this.refused.length} refused`;
        console.log(`${this.family.name}: ${sums}; accepted of each sort: ${shares.join(", ")}`);
        this.family.finish();
    }
}

function groupsOf<T>(list: readonly T[], keyOf: (one: T) => string, size: number): T[][] {
    const groups: { keys: Set<string>; members: T[] }[] = [];
    let open: typeof groups = [];
    for (const one of list) {
        let group = open.find(({ keys }) => !keys.has(keyOf(one)));
        if (group === undefined) {
            group = { keys: new Set(), members: [] };
            groups.push(group);
            open.push(group);
        }
        group.keys.add(keyOf(one));
        group.members.push(one);
        open = open.filter(({ members }) => members.length < size);
    }
    return groups.map(({ members }) => members);
}
