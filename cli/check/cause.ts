import { parseExceptions } from "../../model/forwarding-setting.js";
import { type Place, placeName } from "../../model/place.js";
import { culprit } from "../../model/topology/culprit.js";
import type { Finding } from "../../provider/drift.js";
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
        const devices = parseExceptions(found["exceptions"]).map(({ device, family }) => `IPv${family} of ${device}`);
        const what = off.length > 0 ? families : inputs["ipv4"] === false ? "" : devices.join(" and ");
        return what === "" ? undefined : `${placeName(placeOfInputs(inputs))} does not forward ${what}`;
    }
    const side = SIDES.find((one) => inputs[keyOf(one, "up")] !== false && found[keyOf(one, "up")] === false);
    return side === undefined
        ? undefined
        : `${inputs[keyOf(side, "name")]} in ${placeName(placeOfInputs(inputs, side))} is down`;
}

/** What stands in the place of something of ours is left alone by an up: whoever has put it there has to remove it. */
function causeWords(resource: DeployedResource, finding: Finding): string {
    const { standing, found } = finding;
    const cure = { foreign: "linuxnet up makes it again when that is removed", gone: "linuxnet up makes it again" };
    const words = driftWords(resource, finding).join("; ");
    const what = standing === "changed" ? (turnedOff(resource, found) ?? words) : words;
    const isGone = standing === "gone" || standing === "foreign";
    return `${what}: ${isGone ? cure[standing] : "linuxnet up puts that right"} (${resource.name})`;
}

/**
 * Looks for what is in the way of a packet among what is not as it was deployed, which is asked for once, for all checks that fail.
 */
export function causesIn(lab: Deployed): (from: Place, to: string) => Promise<string | undefined> {
    let asked: Promise<ReadonlyMap<DeployedResource, Finding>> | undefined;
    const drifted = async (): Promise<ReadonlyMap<DeployedResource, Finding>> => {
        const { compare } = await import("../../provider/drift.js");
        return new Map([...(await compare(lab.resources))].filter(([, { standing }]) => isDrift(standing)));
    };
    return async (from, to) => {
        asked ??= drifted();
        const findings = await asked;
        const all = Array.from(findings, ([resource, { standing, found }]) => ({
            resource,
            found: standing === "changed" ? found : undefined,
        }));
        const one = culprit(lab.resources, all, from, to);
        const finding = one && findings.get(one.resource);
        return finding && causeWords(one.resource, finding);
    };
}
