import { byNumber } from "../model/order.js";
import type { Owner } from "../model/owner.js";
import { type Place, placeMade, placeOf } from "../model/place.js";
import { ownerIn } from "../model/provider-text.js";
import { type Resource, Topology } from "../model/topology/topology.js";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { requireEngine } from "./engine.js";
import { ensureNamedStack } from "./named-stack.js";
import type { StackOptions } from "./options.js";
import { placeNamed, placesOf } from "./places.js";
import { kindOf, nameOf } from "./preview/changes.js";
import { makeBackendFolder, requireProject } from "./project.js";
import { ownName, stackOf } from "./stack.js";

/** A resource as the last update has left it in the state. */
export interface DeployedResource extends Resource {
    /** Whose the object is on its machine: `project/stack/name`. */
    readonly owner: string;
}

interface StateResource {
    readonly type: string;
    readonly urn: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    /** Its replacement is there, and it is to go. */
    readonly delete?: boolean;
}

function resourceOf({ type, urn, inputs = {}, outputs = {} }: StateResource): DeployedResource[] {
    const owner = ownerIn(outputs["__provider"] ?? inputs["__provider"]);
    if (kindOf(type) === type || owner === undefined) return [];
    const said = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
    return [{ kind: kindOf(type), name: nameOf(urn), inputs: Object.fromEntries(said), owner }];
}

/** What a stack has deployed, by its state: neither its program is run nor a machine asked for it. */
export class Deployed {
    readonly topology: Topology;

    constructor(
        /** The stack; nobody's name. */
        readonly stack: Owner,
        readonly resources: readonly DeployedResource[],
        /** The machines of its configuration. */
        hosts: readonly string[],
    ) {
        this.topology = new Topology(resources);
        this.#places = placesOf(resources, this.topology, hosts);
    }

    readonly #places: ReadonlyMap<string, Place>;

    /** A namespace or a host, by the program's name or its own. */
    place(name: string): Place {
        return placeNamed(this.#places, name, "this lab");
    }

    /** The namespaces and hosts that are deployed, or have something that is. */
    get places(): readonly Place[] {
        const all = new Set([...this.topology.nodes.keys(), ...this.resources.flatMap(placesOfResource)]);
        return [...all].toSorted(byNumber);
    }

    /** The name of the resource that is the place, which may be another one than its own. */
    resourceOf(place: Place): string | undefined {
        return this.resources.find(({ kind, inputs }) => placeMade(kind, inputs) === place)?.name;
    }
}

type Inputs = Readonly<Record<string, unknown>>;

/** Where a resource is by its flat inputs; of a pair, one side's begin with it: `left`. */
export function placeOfInputs(inputs: Inputs, side = ""): Place {
    const read = (key: string): string | undefined => {
        const value = inputs[side === "" ? key : side + key.charAt(0).toUpperCase() + key.slice(1)];
        return typeof value === "string" ? value : undefined;
    };
    return placeOf({ namespace: read("namespace"), host: read("host") });
}

/** The places that a resource is, is in, or reaches into. */
export function placesOfResource({ kind, inputs }: Resource): Place[] {
    const made = placeMade(kind, inputs);
    if (made !== undefined) return [made];
    if (kind === "VethPair") return ["left", "right"].map((side) => placeOfInputs(inputs, side));
    return [placeOfInputs(inputs, kind === "Reachability" ? "from" : "")];
}

/** Reads the lab that the options name; from then on the provider works for its stack. */
export async function readDeployed({ stack: named, cwd }: StackOptions): Promise<Deployed> {
    const project = requireProject(cwd);
    const engine = requireEngine();
    makeBackendFolder(project);
    const place = { cwd: project.folder, environment: engineEnvironment(engine) };
    const name = stackOf(engine, project, named === undefined ? [] : ["--stack", named]);
    if (name === "")
        throw new Failure(
            "No stack is selected: nothing is deployed here. linuxnet up does, or name one: --stack NAME",
            2,
        );
    ensureNamedStack(engine, ["inspect", "--stack", name], place, project);
    const stack = { project: project.name, stack: ownName(name), name: "" };
    const words = ["stack", "export", "--stack", name, "--non-interactive"];
    const { succeeded, stdout, stderr } = askEngine(engine, words, place);
    if (!succeeded) throw new Failure(stderr);
    const state: { deployment?: { resources?: readonly StateResource[] } } = JSON.parse(stdout);
    const present = (state.deployment?.resources ?? []).filter((one) => one.delete !== true).flatMap(resourceOf);
    // The engine makes several at the same time, and its order is another one each time.
    const resources = present.toSorted((a, b) => byNumber(a.name, b.name));
    if (resources.length === 0)
        throw new Failure(`Nothing is deployed in the stack ${stack.stack}: linuxnet up deploys it.`);
    // The provider finds the stack's settings from the folder that it runs in.
    process.chdir(project.folder);
    const [{ workFor }, { machineNames }] = await Promise.all([
        import("../provider/index.js"),
        import("../provider/host/machines.js"),
    ]);
    workFor(stack);
    return telling(async () => new Deployed(stack, resources, machineNames()));
}

/** What the provider refuses is told as it is: it is no mistake of ours. */
export async function telling<T>(work: () => Promise<T>): Promise<T> {
    const { Failure: Refusal } = await import("../provider/problem.js");
    try {
        return await work();
    } catch (error) {
        throw error instanceof Refusal ? new Failure(`linuxnet: ${error.message}`) : error;
    }
}
