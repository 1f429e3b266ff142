import { placeName } from "../place";
import { isLinkLocal, overlaps, type Prefix } from "../prefix";
import { quote } from "../quote";
import { type Device, type Node, propertyOf } from "../topology/node";
import type { Topology } from "../topology/topology";
import type { Finding } from "./index";

/** An address of its own, as on a loopback, claims no neighbours. */
const isAlone = ({ family, length }: Prefix): boolean => length === (family === 4 ? 32 : 128);

const subnetsOf = (device: Device): Prefix[] =>
    device.addresses.filter((address) => !isAlone(address) && !isLinkLocal(address));

function* overlapsIn(node: Node): Iterable<Finding> {
    const devices = [...node.devices.values()];
    for (const [at, device] of devices.entries()) {
        for (const subnet of subnetsOf(device)) {
            const earlier = devices.slice(0, at).flatMap((other) => subnetsOf(other).map((one) => ({ other, one })));
            const found = earlier.find(({ one }) => overlaps(one, subnet));
            if (!found) continue;
            const { other, one } = found;
            yield {
                check: "overlapping-subnets",
                kind: device.resourceKind,
                resource: device.resource,
                property: propertyOf(device, "addresses"),
                given: quote(subnet.text),
                expected: `a subnet of its own in ${placeName(node.place)}`,
                advice: `${other.name} ("${other.resource}") has ${one.text}: what is sent to either may go out by the other`,
            };
            break;
        }
    }
}

/** Two devices of a place in one subnet: the kernel sends by one of them, whoever is meant. ip-route(8) */
export const overlappingSubnets = (topology: Topology): Finding[] =>
    [...topology.nodes.values()].flatMap((node) => [...overlapsIn(node)]);
