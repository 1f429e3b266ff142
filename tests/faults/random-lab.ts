import fc from "fast-check";
import { LabPlan } from "./random-lab-plan";
import type { Declared } from "./reference/lab";

/** Which of those that come into question, however many there are: a number to be taken modulo theirs. */
const which = fc.nat(99);
/** Now and then. */
const seldom = fc.nat(3).map((number) => number === 3);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const family = fc.constantFrom(4 as const, 6 as const);

/** What is wished for a device; what does not go together is left out when the lab is planned. */
const device = fc.record({
    place: which,
    ipv4: fc.nat(2),
    ipv6: fc.nat(2),
    /** Alone in its subnet. */
    isSingle: seldom,
    mtu: maybe(fc.constantFrom(576, 1280, 1400, 1500, 9000)),
    hasMac: fc.boolean(),
    up: maybe(fc.boolean()),
});
export type DeviceWish = typeof device extends fc.Arbitrary<infer T> ? T : never;

const bridge = fc.record({ device, stp: maybe(fc.boolean()) });
export type BridgeWish = typeof bridge extends fc.Arbitrary<infer T> ? T : never;

const end = fc.record({ device, port: maybe(which) });
const pair = fc.record({ left: end, right: end });
export type EndWish = typeof end extends fc.Arbitrary<infer T> ? T : never;
export type PairWish = typeof pair extends fc.Arbitrary<infer T> ? T : never;

const vxlan = fc.record({
    underlay: which,
    remotes: fc.integer({ min: 1, max: 3 }),
    isBound: fc.boolean(),
    learning: maybe(fc.boolean()),
    device,
});
export type VxlanWish = typeof vxlan extends fc.Arbitrary<infer T> ? T : never;

const loopback = fc.record({ place: which, family });
export type LoopbackWish = typeof loopback extends fc.Arbitrary<infer T> ? T : never;

const forwarding = fc.record({
    place: which,
    ipv4: maybe(fc.boolean()),
    ipv6: maybe(fc.boolean()),
    persist: seldom,
    /** Before which of the devices it is declared. */
    before: which,
});
export type ForwardingWish = typeof forwarding extends fc.Arbitrary<infer T> ? T : never;

const route = fc.record({
    place: which,
    way: fc.constantFrom("gateway", "gateway", "onlink", "direct", "several", "none"),
    family,
    device: which,
    gateway: which,
    namesDevice: fc.boolean(),
    destination: fc.constantFrom("subnet", "subnet", "host", "default", "same"),
    type: fc.constantFrom("blackhole", "unreachable", "prohibit"),
    metric: maybe(fc.constantFrom(0, 1, 50, 1024, 4294967295)),
    table: maybe(fc.constantFrom(100, 254, 4000000)),
    mtu: maybe(fc.constantFrom(1280, 1400)),
    hasSource: seldom,
});
export type RouteWish = typeof route extends fc.Arbitrary<infer T> ? T : never;

const lab = fc.record({
    namespaces: fc.integer({ min: 1, max: 4 }),
    bridges: fc.array(bridge, { maxLength: 3 }),
    pairs: fc.array(pair, { minLength: 1, maxLength: 6 }),
    vxlans: fc.array(vxlan, { maxLength: 2 }),
    loopbacks: fc.array(loopback, { maxLength: 3 }),
    forwardings: fc.array(forwarding, { maxLength: 3 }),
    routes: fc.array(route, { maxLength: 10 }),
});

/**
 * Labs of all kinds of resources, in the order in which one stands on another. They are right by construction: whatever is
 * refused is a mistake, of the lab's plan or of the provider.
 */
export const randomLab: fc.Arbitrary<readonly Declared[]> = lab.map((wishes) => {
    const plan = new LabPlan(wishes.namespaces);
    for (const wish of wishes.bridges) plan.addBridge(wish);
    for (const wish of wishes.pairs) plan.addPair(wish);
    for (const wish of wishes.vxlans) plan.addVxlan(wish);
    for (const wish of wishes.loopbacks) plan.addLoopback(wish);
    for (const wish of wishes.forwardings) plan.addForwarding(wish);
    for (const wish of wishes.routes) plan.addRoute(wish);
    return plan.declared;
});

const value = (one: unknown): string => {
    if (Array.isArray(one)) return `[${one.map(value).join(", ")}]`;
    if (typeof one !== "object" || one === null) return JSON.stringify(one);
    const entries = Object.entries(one).filter(([, item]) => item !== undefined);
    return `{ ${entries.map(([key, item]) => `${key}: ${value(item)}`).join(", ")} }`;
};

/** As its program would read. */
export const programText = (lab: readonly Declared[]): string =>
    lab.map(({ kind, name, args }) => `new ${kind}("${name}", ${value(args)});`).join("\n");
