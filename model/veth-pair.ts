import * as v from "valibot";
import { mtuMistake } from "./mtu";
import { machinePlace, placeName, placeOf } from "./place";
import {
    flag,
    hostPath,
    interfaceAddresses,
    interfaceName,
    macAddress,
    mtu,
    namespaceName,
    type Problem,
    type SpecOf,
    schema,
} from "./schema";

const entries = {
    leftNamespace: v.optional(namespaceName),
    leftHost: v.optional(hostPath),
    leftName: interfaceName,
    leftAddresses: v.optional(interfaceAddresses),
    leftBridge: v.optional(interfaceName),
    leftMtu: v.optional(mtu),
    leftMacAddress: v.optional(macAddress),
    leftUp: v.optional(flag),
    rightNamespace: v.optional(namespaceName),
    rightHost: v.optional(hostPath),
    rightName: interfaceName,
    rightAddresses: v.optional(interfaceAddresses),
    rightBridge: v.optional(interfaceName),
    rightMtu: v.optional(mtu),
    rightMacAddress: v.optional(macAddress),
    rightUp: v.optional(flag),
};

export type VethPairSpec = SpecOf<typeof entries>;
export const vethPairSchema = schema(entries);

export const SIDES = ["left", "right"] as const;
export type Side = (typeof SIDES)[number];

export interface EndSpec {
    readonly side: Side;
    readonly namespace: string | undefined;
    readonly host: string | undefined;
    readonly name: string;
    readonly addresses: string | undefined;
    readonly bridge: string | undefined;
    readonly mtu: number | undefined;
    readonly macAddress: string | undefined;
    readonly up: boolean | undefined;
}

/** One end of the flat spec. */
export function endOf(spec: VethPairSpec, side: Side): EndSpec {
    return side === "left"
        ? {
              side,
              namespace: spec.leftNamespace,
              host: spec.leftHost,
              name: spec.leftName,
              addresses: spec.leftAddresses,
              bridge: spec.leftBridge,
              mtu: spec.leftMtu,
              macAddress: spec.leftMacAddress,
              up: spec.leftUp,
          }
        : {
              side,
              namespace: spec.rightNamespace,
              host: spec.rightHost,
              name: spec.rightName,
              addresses: spec.rightAddresses,
              bridge: spec.rightBridge,
              mtu: spec.rightMtu,
              macAddress: spec.rightMacAddress,
              up: spec.rightUp,
          };
}

export function vethPairMistakes(inputs: Partial<VethPairSpec>, unknown: readonly string[] = []): Problem[] {
    const problems = [
        ...mtuMistake("leftMtu", inputs.leftMtu, inputs.leftAddresses),
        ...mtuMistake("rightMtu", inputs.rightMtu, inputs.rightAddresses),
    ];
    const sameName = inputs.leftName !== undefined && inputs.leftName === inputs.rightName;
    const isPlaced = !unknown.some((key) => /(Namespace|Host)$/.test(key));
    const [left, right] = SIDES.map((side) => placeOf(endOf(inputs as VethPairSpec, side)));
    if (sameName && isPlaced && left === right) {
        const expected = "another name than the left end's: both ends are in the same place";
        problems.push({ property: "rightName", given: JSON.stringify(inputs.rightName), expected });
    }
    if (isPlaced && left !== undefined && right !== undefined && machinePlace(left) !== machinePlace(right)) {
        const expected = `a host on the same machine as the left end's, ${placeName(machinePlace(left))}`;
        const advice = "a pair does not reach from one machine to another: join them by a Vxlan on each, or by routes";
        problems.push({ property: "rightHost", given: JSON.stringify(placeName(right)), expected, advice });
    }
    return problems;
}
