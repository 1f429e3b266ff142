import { declare } from "../faults/reference/lab";
import type { Lab as EngineLab } from "../support/lab";
import type { Lab } from "./edit";

/** A pair of places that no edit touches. */
export const WITNESSES: Lab = [
    declare("Namespace", "witness1", { name: "witness1" }),
    declare("Namespace", "witness2", { name: "witness2" }),
    declare("VethPair", "witnesses", {
        left: { namespace: "witness1", name: "eth0", addresses: ["192.0.2.1/24"] },
        right: { namespace: "witness2", name: "eth0", addresses: ["192.0.2.2/24"] },
    }),
];

const ORDER = ["Namespace", "ForwardingSetting", "Bridge", "VethPair", "Vxlan", "Address", "Route"];

/** A program declares what it refers to before. */
export const inOrder = (lab: Lab): Lab => lab.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));

export const writeLab = (engine: EngineLab, lab: Lab): Promise<void> =>
    engine.write(`export const LAB = ${JSON.stringify(lab, undefined, 1)};\n`, "lab.ts");
