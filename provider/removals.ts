import { setTimeout as sleep } from "node:timers/promises";
import { type Owner, removalGroup } from "../model/owner";
import { machinePlace } from "../model/place";
import { type Command, ip } from "./host/command";
import type { Machine } from "./host/machine";
import { device } from "./link";

/** A link that waits to go with others. */
interface Waiting {
    readonly name: string;
    readonly owner: Owner;
    /** Goes on when it is gone, or by itself. */
    readonly goOn: (isGone: boolean) => Promise<void>;
}

/** What goes from a machine's own namespace at the moment, and what waits for that. */
interface Departures {
    isBusy: boolean;
    waiting: Waiting[];
}

const departures = new WeakMap<Machine, Departures>();

const REMOVAL = "link del dev ";

/** The engine asks for the next ones as soon as it has heard of these: they are waited for, to go together. */
const MOMENT_MILLISECONDS = 10;

/** The link of a machine's own namespace whose removal is all of the plan. */
function departing([first, ...others]: readonly Command[]): string | undefined {
    if (first?.kind !== "ip" || others.length > 0 || first.place !== machinePlace(first.place)) return undefined;
    return first.line.startsWith(REMOVAL) ? first.line.slice(REMOVAL.length) : undefined;
}

/** As one group for each stack, which has no other links in it. */
async function removeAll(machine: Machine, going: readonly Waiting[]): Promise<boolean> {
    const groups = new Set(going.map(({ owner }) => removalGroup(owner)));
    const commands = [
        ...going.map(({ name, owner }) => device(machine.place, name, "group", removalGroup(owner))),
        ...[...groups].map((group) => ip(machine.place, "link", "del", "group", group)),
    ];
    try {
        const { outcome } = await machine.session((session) => session.runAndAsk(commands, {}));
        return outcome.ok;
    } catch {
        return false; // each of them finds out for itself
    }
}

async function letGo(machine: Machine, here: Departures): Promise<void> {
    while (here.waiting.length > 0) {
        const going = here.waiting;
        here.waiting = [];
        const areGone = await removeAll(machine, going);
        await Promise.all(going.map(({ goOn }) => goOn(areGone)));
        await sleep(MOMENT_MILLISECONDS);
    }
    here.isBusy = false;
}

/**
 * Runs the plan of a removal. The kernel lets whoever removes a link wait until nobody looks at it any more, and everybody else
 * with him; several that go as one group wait once. So a link that is to go while another one goes waits for that, and goes
 * together with all that have come meanwhile. What is not gone by this, for whatever reason, is removed by itself.
 *
 * @param alone runs the plan, and what belongs to it
 * @param rest runs what belongs to it; the plan is done
 */
export async function depart<T>(
    machine: Machine,
    owner: Owner,
    plan: readonly Command[],
    alone: () => Promise<T>,
    rest: () => Promise<T>,
): Promise<T> {
    const name = departing(plan);
    if (name === undefined) return alone();
    const here = departures.get(machine) ?? { isBusy: false, waiting: [] };
    departures.set(machine, here);
    if (here.isBusy) {
        return new Promise((resolve, reject) => {
            const goOn = (isGone: boolean) => (isGone ? rest() : alone()).then(resolve, reject);
            here.waiting.push({ name, owner, goOn });
        });
    }
    here.isBusy = true;
    try {
        return await alone();
    } finally {
        void letGo(machine, here);
    }
}
