import { formatOwner, type Owner, parseOwner } from "../model/owner";
import { LOCAL, type Place, placeParts } from "../model/place";
import { ownerIn } from "../model/provider-text";
import { UNKNOWN } from "../model/schema";
import type { Command } from "./host/command";
import { readConnections } from "./host/configuration";
import { isNeeded, madeBy } from "./host/quiet";
import { plainWords } from "./host/ssh";
import { workFor } from "./index";
import { type Planner, type Properties, planners } from "./planner";
import { Failure } from "./problem";
import { type DeclaredDevice, devicesOf } from "./program";

/** A step that the engine would take. */
export interface Step {
    readonly operation: "create" | "update" | "delete";
    /** `VethPair` */
    readonly kind: string;
    readonly name: string;
    readonly before: Properties;
    readonly after: Properties;
}

/** What a step comes to. */
export interface Planned {
    readonly step: Step;
    /** The machine that it is done on. */
    readonly machine: string;
    readonly commands: readonly Command[];
}

const propertiesOf = ({ operation, before, after }: Step): Properties => (operation === "delete" ? before : after);

function ownerOf(step: Step): Owner {
    const [owner, former = owner] = [propertiesOf(step), step.before].map((from) => ownerIn(from["__provider"]));
    if (owner === undefined) throw new Failure("nothing says whose it is");
    if (owner !== former) throw new Failure(`its name was ${former}: there are no commands for another one`);
    return parseOwner(owner);
}

function requireKnown({ after }: Step): void {
    const unknown = Object.keys(after).filter((key) => after[key] === UNKNOWN);
    if (unknown.length > 0) throw new Failure(`${unknown.join(", ")}: known only when other things are made`);
}

/** Whether what is in a place goes with another one: it is that, or on that host. */
const isWithin = (place: Place, other: Place): boolean =>
    place === other || (other.endsWith("/") && place.startsWith(other));

/** Plans one step after the other as if those before it were done. */
class Planning {
    readonly #removed = new Set<string>();
    readonly #removedPlaces: Place[] = [];
    readonly #devices: DeclaredDevice[] = [];
    /** Namespaces that are made. */
    readonly #made = new Set<Place>();

    /** `ending`: the places that go in one of the steps, and take along what is in them. */
    constructor(private readonly ending: readonly Place[]) {}

    async plan(planner: Planner, step: Step): Promise<Planned> {
        requireKnown(step);
        const [owner, wanted] = [ownerOf(step), step.operation === "delete" ? undefined : step.after];
        const { place, id } = planner.subject(propertiesOf(step));
        const { machine } = placeParts(place);
        const isWithinAny = (places: readonly Place[]) => places.some((one) => isWithin(place, one));
        // A pair that is made anew elsewhere may have had an end where one of it is to be.
        const resource = `${step.kind} ${formatOwner(owner)}`;
        const isGone = [id, resource].some((one) => this.#removed.has(one)) || isWithinAny(this.#removedPlaces);
        const wish = { before: step.before, after: wanted, owner, isGone, devices: this.#devices };
        const isTakenAlong = wanted === undefined && isWithinAny(this.ending);
        const planned = isTakenAlong ? [] : await planner.plan(wish);
        const commands = planned.filter((command) => isNeeded(command, (one) => this.#made.has(one)));
        for (const one of madeBy(commands)) this.#made.add(one);
        if (wanted === undefined) {
            this.#removed.add(id).add(resource);
            this.#removedPlaces.push(...planner.holds(step.before));
        } else {
            const declaration = { kind: step.kind, owner: formatOwner(owner), known: { ...wanted }, unknown: [] };
            this.#devices.push(...devicesOf(declaration));
        }
        return { step, machine, commands };
    }
}

/**
 * The commands that an update would run for its steps, in their order: the kinds' own plans, from what is on the machines now. What
 * is made anew, or in a place that is, is planned from nothing; what goes with its place is not removed by itself. Touches nothing.
 */
export async function planSteps(
    steps: readonly Step[],
    kinds: ReadonlyMap<string, Planner> = planners,
): Promise<Planned[]> {
    const own = steps.flatMap((step) => {
        const planner = kinds.get(step.kind);
        return planner ? [{ step, planner }] : [];
    });
    const removals = own.filter(({ step }) => step.operation === "delete");
    const planning = new Planning(removals.flatMap(({ step, planner }) => planner.holds(step.before)));
    const planned: Planned[] = [];
    for (const { step, planner } of own) {
        try {
            planned.push(await planning.plan(planner, step));
        } catch (error) {
            throw error instanceof Failure ? new Failure(`${step.name}: ${error.message}`) : error;
        }
    }
    return planned;
}

/** The stack that the steps are of, which is worked for from now on. */
export function workForStackOf(steps: readonly Step[]): Owner | undefined {
    const [owner] = steps.flatMap((step) => ownerIn(propertiesOf(step)["__provider"]) ?? []);
    if (owner === undefined) return undefined;
    workFor(parseOwner(owner));
    return parseOwner(owner);
}

/** What a person would type on this machine to have a shell read its input on another one, as root; nothing for this one. */
export function shellOn(machine: string, stack: Owner): readonly string[] | undefined {
    const connection = readConnections(stack).get(machine);
    if (machine === LOCAL || connection?.ssh === undefined) return undefined;
    return [...plainWords(connection.ssh), ...(connection.sudo ? ["sudo", "-n"] : []), "sh", "-e", "-s"];
}
