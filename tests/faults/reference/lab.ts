/** A resource as a program writes it; what stands in another's place is referred to by name. */
export interface Declared {
    readonly kind: "Namespace" | "Bridge" | "VethPair" | "Vxlan" | "Address" | "Route" | "ForwardingSetting";
    readonly name: string;
    readonly args: Readonly<Record<string, unknown>>;
}

export const declare = (kind: Declared["kind"], name: string, args: Declared["args"]): Declared => ({
    kind,
    name,
    args,
});

/**
 * What all families of faults deploy: three namespaces and the host, joined by two bridges and four pairs, with eight
 * addresses, six routes and three forwarding settings of both families. In the order in which one stands on the other.
 */
export const LAB: readonly Declared[] = [
    declare("Namespace", "a", { name: "a" }),
    declare("Namespace", "b", { name: "b" }),
    declare("Namespace", "c", { name: "c" }),
    declare("Bridge", "br1", { name: "br1", addresses: ["10.1.0.1/24", "fd01::1/64"] }),
    declare("Bridge", "br2", { name: "br2", addresses: ["10.2.0.1/24"], stp: true }),
    declare("VethPair", "a-br1", {
        left: { namespace: "a", name: "eth0", addresses: ["10.1.0.2/24", "fd01::2/64"], mtu: 1400 },
        right: { name: "port1", bridge: "br1" },
    }),
    declare("VethPair", "b-br1", {
        left: { namespace: "b", name: "eth0", addresses: ["10.1.0.3/24"] },
        right: { name: "port2", bridge: "br1" },
    }),
    declare("VethPair", "c-br2", {
        left: { namespace: "c", name: "eth0", addresses: ["10.2.0.2/24"], mtu: 1400 },
        right: { name: "port3", bridge: "br2" },
    }),
    declare("VethPair", "b-c", {
        left: { namespace: "b", name: "direct0", macAddress: "02:00:00:00:00:0b" },
        right: { namespace: "c", name: "direct0" },
    }),
    declare("ForwardingSetting", "host-forwards", { ipv4: true, ipv6: true }),
    declare("ForwardingSetting", "b-forwards", { namespace: "b", ipv4: true }),
    declare("ForwardingSetting", "c-forwards", { namespace: "c", ipv6: true }),
    declare("Address", "loopback", { device: "lo", address: "10.9.0.1/32" }),
    declare("Route", "a-out4", { namespace: "a", destination: "default", gateway: "10.1.0.1", device: "eth0" }),
    declare("Route", "a-out6", { namespace: "a", destination: "default", gateway: "fd01::1", device: "eth0" }),
    declare("Route", "b-to-c", { namespace: "b", destination: "10.2.0.0/24", gateway: "10.1.0.1", device: "eth0" }),
    declare("Route", "c-out4", { namespace: "c", destination: "default", gateway: "10.2.0.1", device: "eth0" }),
    declare("Route", "by-b", { destination: "10.6.0.0/16", gateway: "10.1.0.3", device: "br1" }),
    declare("Route", "nowhere", { destination: "10.7.0.0/16", type: "blackhole" }),
];
