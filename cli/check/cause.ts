import { type Place, placeName } from "../../model/place.js";
import { culprit, type Drifted } from "../../model/topology/culprit.js";
import { type Deployed, type DeployedResource, placeOfInputs } from "../deployed.js";
import { isDrift } from "../inspect/account.js";
import { driftWords } from "../inspect/words.js";

/** Ends of a pair by their side, and the device of anything else. */
const SIDES = ["", "left", "right"];

const keyOf = (side: string, key: string): string =>
    side === "" ? key : side + key.charAt(0).toUpperCase() + key.slice(1);

/** What somebody has turned off: `vx42 in left is down`. */
function turnedOff({ kind, inputs }: DeployedResource, found: DeployedResource["inputs"]): string | undefined {
    if (kind === "ForwardingSetting") {
        const off = ["ipv4", "ipv6"].filter((family) => inputs[family] === true && found[family] === false);
        const families = off.map((family) => family.replace("ip", "IP")).join(" and ");
        return off.length > 0 ? `${placeName(placeOfInputs(inputs))} does not forward ${families}` : undefined;
    }
    const side = SIDES.find((one) => inputs[keyOf(one, "up")] !== false && found[keyOf(one, "up")] === false);
    return side === undefined
        ? undefined
        : `${inputs[keyOf(side, "name")]} in ${placeName(placeOfInputs(inputs, side))} is down`;
}

function causeWords({ resource, found }: Drifted<DeployedResource>): string {
    const cure = `linuxnet up ${found === undefined ? "makes it again" : "puts that right"} (${resource.name})`;
    const standing = found === undefined ? "gone" : "changed";
    const words = driftWords(resource, { standing, found: (found ?? {}) as Record<string, string> }).join("; ");
    return `${(found && turnedOff(resource, found)) ?? words}: ${cure}`;
}

/**
 * Looks for what is in the way of a packet among what is not as it was deployed, which is asked for once, for all checks that fail.
 */
export function causesIn(lab: Deployed): (from: Place, to: string) => Promise<string | undefined> {
    let asked: Promise<readonly Drifted<DeployedResource>[]> | undefined;
    const drifted = async (): Promise<readonly Drifted<DeployedResource>[]> => {
        const { compare } = await import("../../provider/drift.js");
        const all = [...(await compare(lab.resources))].filter(([, { standing }]) => isDrift(standing));
        return all.map(([resource, { standing, found }]) => ({
            resource,
            found: standing === "changed" ? found : undefined,
        }));
    };
    return async (from, to) => {
        asked ??= drifted();
        const found = culprit(lab.resources, await asked, from, to);
        return found && causeWords(found);
    };
}
