import { type Place, placeName, placeOf } from "../../model/place.js";
import type { Device } from "../../model/topology/node.js";
import type { Resource } from "../../model/topology/topology.js";
import { eventsOf, kindOf, nameOf, said } from "../preview/changes.js";
import { differences } from "../preview/words.js";
import type { Part } from "./picture.js";

/** A resource that is not on the machine as it was deployed. */
export interface Drift {
    /** As the state has it. */
    readonly resource: Resource;
    readonly isGone: boolean;
    /** `ns-router-dev: veth-ns1-router up → down` */
    readonly words: readonly string[];
}

/** Reads from the engine's events what a refresh has found to be other than the state says. */
export function readDrifts(log: string): Drift[] {
    return eventsOf(log).flatMap(({ resOutputsEvent }): Drift[] => {
        const metadata = resOutputsEvent?.metadata;
        if (metadata?.op !== "refresh" || metadata.old === null || kindOf(metadata.type) === metadata.type) return [];
        const [before, kind, name] = [said(metadata.old), kindOf(metadata.type), nameOf(metadata.urn)];
        const isGone = metadata.new === null;
        const after = said(metadata.new);
        const change = { operation: "update", kind, name, before, after, isGone, isRenamed: false } as const;
        const words = isGone ? [`${name} is gone`] : differences(change);
        return words.length === 0 ? [] : [{ resource: { kind, name, inputs: before }, isGone, words }];
    });
}

/** All that has drifted, by what made it. */
export class Drifts {
    readonly #byResource: ReadonlyMap<string, Drift>;

    constructor(readonly all: readonly Drift[]) {
        this.#byResource = new Map(all.map((drift) => [`${drift.resource.kind} ${drift.resource.name}`, drift]));
    }

    /** What is not there any more, as it was. */
    get gone(): Resource[] {
        return this.all.filter(({ isGone }) => isGone).map(({ resource }) => resource);
    }

    /** What becomes of a resource in the picture; of one device of it, by what the words begin with. */
    part(kind: string, name: string | undefined, isUp = true, about = ""): Part {
        const drift = this.#byResource.get(`${kind} ${name}`);
        if (drift?.isGone) return { status: "gone", drift: drift.words };
        const words = drift?.words.filter((one) => one.startsWith(about)) ?? [];
        return { status: isUp ? "up" : "down", drift: words };
    }

    /** What has become of a place's forwarding. */
    forwarding(place: Place): string[] {
        const all = this.all.filter(({ resource }) => resource.kind === "ForwardingSetting");
        return all.filter(({ resource }) => placeOf(resource.inputs) === place).flatMap(({ words }) => words);
    }

    device({ place, name, kind, resource, resourceKind, isUp }: Device): Part {
        const about = `${placeName(place)}: ${name} `;
        const lost = this.gone
            .filter((one) => one.kind === "Address")
            .filter(({ inputs }) => inputs["device"] === name && placeOf(inputs) === place)
            .map(({ inputs }) => `${about}-${inputs["address"]}`);
        if (kind === "existing") return { status: "up", drift: lost };
        const { status, drift } = this.part(resourceKind, resource, isUp, about);
        return { status, drift: [...drift, ...lost] };
    }
}
