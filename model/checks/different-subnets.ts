import { placeName } from "../place";
import { contains, isLinkLocal, type Prefix } from "../prefix";
import { quote } from "../quote";
import { joinList } from "../schema";
import { hasCarrier } from "../topology/link-layer";
import { type Device, propertyOf } from "../topology/node";
import type { Topology } from "../topology/topology";
import type { Finding } from "./index";

/** An address without neighbours, or with a single one (RFC 3021, RFC 6164): who is at the other end is told by routes. */
const isNarrow = ({ family, length }: Prefix): boolean => length >= (family === 4 ? 31 : 127);

const addressesOf = (device: Device): Prefix[] => device.addresses.filter((address) => !isLinkLocal(address));

/** Whether all addresses of an end are known, and are those of one who talks to neighbours over it: a port's are its bridge's. */
const isStation = (device: Device): boolean =>
    hasCarrier(device) && !device.isOpen && device.bridge === undefined && !device.addresses.some(isNarrow);

/** Whether a place has a subnet or a route, wherever it leads, for an address of the other end. */
const isCovered = (topology: Topology, from: Device, to: Device): boolean =>
    topology
        .node(from.place)
        .table.some(({ destination }) => addressesOf(to).some((address) => contains(destination, address)));

function check(topology: Topology, left: Device, right: Device): Finding | undefined {
    const isLike = addressesOf(left).some(({ family }) => addressesOf(right).some((other) => other.family === family));
    if (!isLike || left.place === right.place || ![left, right].every(isStation)) return undefined;
    // Who has all of his routes from elsewhere may have one to there.
    if (![left, right].some(({ place }) => topology.isWhole(place))) return undefined;
    if (isCovered(topology, left, right) || isCovered(topology, right, left)) return undefined;
    const texts = (device: Device): string => joinList(addressesOf(device).map(({ text }) => text));
    return {
        check: "different-subnets",
        kind: right.resourceKind,
        resource: right.resource,
        property: propertyOf(right, "addresses"),
        given: quote(texts(right)),
        expected: `an address in a subnet of the other end, ${left.name} in ${placeName(left.place)}: ${texts(left)}`,
        advice: "neither reaches the other: correct one of the addresses, or declare a Route on both sides",
    };
}

/** Pairs whose ends are in no common subnet, and that have no route to each other: a typing error of one digit. */
export const differentSubnets = (topology: Topology): Finding[] =>
    topology.devices.flatMap((device) => {
        const { side, peer } = device;
        return (side === "left" && peer && check(topology, device, peer)) || [];
    });
