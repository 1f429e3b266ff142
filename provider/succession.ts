import { formatOwner, type Owner, parseOwner, sameStack } from "../model/owner";
import { HOST, machinePlace, type Place } from "../model/place";
import { address } from "./address";
import { bridge } from "./bridge";
import { type Claimed, claimsOn } from "./claims";
import { forwardingSetting } from "./forwarding-setting";
import type { Queries } from "./host/query";
import { inherit } from "./inherit";
import type { Kind } from "./kind";
import { Lifecycle } from "./lifecycle";
import { namespace } from "./namespace";
import { Conflict } from "./problem";
import type { Program } from "./program";
import { type FlatSpec, recordFile } from "./record";
import { route } from "./route";
import { simulatedHost } from "./simulated-host";
import { inTurn, turnOf } from "./turns";
import { vethPair } from "./veth-pair";
import { vxlan } from "./vxlan";

/** A kind, as far as one of its objects is given up for another's. */
interface Heritable {
    /** What no two can have: its record, and the names of its links. */
    taken(spec: FlatSpec): readonly string[];
    id(spec: FlatSpec): string;
    machine(spec: FlatSpec): Place;
    /** The object goes on as another resource's. */
    pass(spec: FlatSpec, former: Owner, owner: Owner): Promise<void>;
    remove(spec: FlatSpec, former: Owner): Promise<void>;
}

function heritable<Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>): [string, Heritable] {
    const parse = (spec: FlatSpec): Spec => kind.schema.recall({ ...spec });
    const linksOf = (spec: Spec) => (kind.isLink ? (kind.disturbs?.(spec) ?? []) : []);
    return [
        kind.name,
        {
            taken(flat) {
                const { place, key } = kind.record(parse(flat));
                const links = linksOf(parse(flat)).map((link) => `${link.place} ${link.name}`);
                return [recordFile(place, kind.name, key).path, ...links];
            },
            id: (flat) => kind.id(parse(flat)),
            machine: (flat) => machinePlace(kind.record(parse(flat)).place),
            pass: (flat, former, owner) => inherit(kind, parse(flat), former, owner),
            async remove(flat, former) {
                await new Lifecycle(kind, former, parse(flat)).converge(undefined);
            },
        },
    ];
}

const kinds = new Map([
    heritable(address),
    heritable(bridge),
    heritable(forwardingSetting),
    heritable(namespace),
    heritable(route),
    heritable(simulatedHost),
    heritable(vethPair),
    heritable(vxlan),
]);

/**
 * The engine makes what is new before it removes what is gone from the program, and may make the one of two that swap their
 * names before it removes the other. Two declared resources never want the same (the checks see to that): one of this stack
 * that has what we want gives it up. One that gets something else is removed, as its own resource will find done; one that
 * the program does not have any more leaves its object to us, with what stands on it.
 */
async function makeWay(kind: string, spec: FlatSpec, owner: Owner, former: Owner, program: Program): Promise<void> {
    const own = kinds.get(kind);
    const taken = own?.taken(spec) ?? [];
    const isInTheWay = (claimed: Claimed): boolean =>
        formatOwner(claimed.owner) === formatOwner(former) &&
        (kinds.get(claimed.kind)?.taken(claimed.spec) ?? []).some((one) => taken.includes(one));
    for (const claimed of (await claimsOn(own?.machine(spec) ?? HOST)).filter(isInTheWay)) {
        const isSame = claimed.kind === kind && own?.id(claimed.spec) === own?.id(spec);
        const turn = turnOf(claimed.kind, former);
        if (!isSame || program.checked.has(turn)) await kinds.get(claimed.kind)?.remove(claimed.spec, former);
        else await inTurn(turn, async () => own?.pass(claimed.spec, former, owner));
    }
}

/** Makes an object, in the place of one that another resource of this stack gives up if there is such a one. */
export async function succeed<Spec extends FlatSpec, Q extends Queries, State>(
    kind: Kind<Spec, Q, State>,
    spec: Spec,
    owner: Owner,
    program: Program,
    make: () => Promise<State | undefined>,
): Promise<State | undefined> {
    try {
        return await make();
    } catch (error) {
        const whose = error instanceof Conflict ? error.foreign.owner : undefined;
        const former = whose === undefined ? undefined : parseOwner(whose);
        if (former === undefined || !sameStack(former, owner)) throw error;
        await makeWay(kind.name, spec, owner, former, program);
        return make();
    }
}
