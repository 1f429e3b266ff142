import { quote } from "../quote";
import { joinList } from "../schema";
import { propertyOf } from "../topology/node";
import type { Topology } from "../topology/topology";
import type { Finding } from "./index";

/** A bridge takes all that its ports receive: an address on a port is never answered for. bridge(8) */
export const addressOnPort = (topology: Topology): Finding[] =>
    topology.devices
        .filter(({ bridge, addresses }) => bridge !== undefined && addresses.length > 0)
        .map((device) => ({
            check: "address-on-port",
            kind: device.resourceKind,
            resource: device.resource,
            property: propertyOf(device, "addresses"),
            given: quote(joinList(device.addresses.map(({ text }) => text))),
            expected: `none: ${device.name} is a port of ${device.bridge}, which takes all that it receives`,
            advice: `give ${device.bridge} the address`,
        }));
