import type { Declared } from "../faults/reference/lab";
import { type Args, type Chance, type Edit, type Editor, gatewaysOf, hopsOf, type Lab, withArgs } from "./edit";

const edit = (lab: Lab, { name }: Declared, patch: Args): Edit => ({
    what: `${Object.keys(patch).join(" and ")} of ${name}: ${JSON.stringify(Object.values(patch)) ?? "dropped"}`,
    target: name,
    lab: withArgs(lab, name, patch),
});

const pickKind = (lab: Lab, chance: Chance, kind: Declared["kind"], isFit: (one: Declared) => boolean = () => true) =>
    chance.pick(lab.filter((one) => one.kind === kind && isFit(one)));

/** Gateways of the lab have the numbers from 150 to 199 in their subnets. */
const anotherGateway = (gateway: unknown, chance: Chance): string => {
    const number = 150 + chance.below(50);
    return String(gateway).includes(":")
        ? String(gateway).replace(/::[0-9a-f]+$/, `::${number.toString(16)}`)
        : String(gateway).replace(/\.\d+$/, `.${number}`);
};

const gatewayChanged: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route", ({ args }) => args.gateway !== undefined);
    const gateway = anotherGateway(route?.args.gateway, chance);
    return route && gateway !== route.args.gateway ? edit(lab, route, { gateway }) : undefined;
};

const isIpv6 = (args: Args): boolean =>
    [args.destination, ...gatewaysOf(args)].some((text) => String(text ?? "").includes(":"));

/** Nothing that the lab has yet. */
export const newDestination = (chance: Chance, isOf6: boolean): string =>
    isOf6 ? `fdef:${chance.fresh()}::/48` : `10.${180 + (chance.fresh() % 60)}.0.0/16`;

const destinationChanged: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route");
    return route && edit(lab, route, { destination: newDestination(chance, isIpv6(route.args)) });
};

const metricChanged: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route");
    return route && edit(lab, route, { metric: 2000 + chance.fresh() });
};

const routeMtuChanged: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route", ({ args }) => args.type === undefined);
    const mtu = route?.args.mtu === undefined ? 1290 + chance.fresh() : undefined;
    return route && edit(lab, route, { mtu });
};

const typeChanged: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route", ({ args }) => args.type !== undefined);
    const types = ["blackhole", "unreachable", "prohibit"].filter((type) => type !== route?.args.type);
    return route && edit(lab, route, { type: chance.pick(types) });
};

const hopsChanged: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route", ({ args }) => args.nexthops !== undefined);
    if (route === undefined) return undefined;
    const [first = {}, ...others] = hopsOf(route.args);
    const weight = ((Number(first.weight ?? 1) + chance.below(4)) % 5) + 1;
    if (weight === (first.weight ?? 1)) return undefined;
    return edit(lab, route, { nexthops: [{ ...first, weight }, ...others] });
};

const sourceDropped: Editor = (lab, chance) => {
    const route = pickKind(lab, chance, "Route", ({ args }) => args.preferredSource !== undefined);
    return route && edit(lab, route, { preferredSource: undefined });
};

const isAlone = (lab: Lab) => (one: Declared) =>
    !lab.some(
        (other) => other !== one && other.kind === "ForwardingSetting" && other.args.namespace === one.args.namespace,
    );

/** All that want it in one place want the opposite then. */
const forwardingSwitched: Editor = (lab, chance) => {
    const setting = pickKind(lab, chance, "ForwardingSetting");
    const family = chance.pick(["ipv4", "ipv6"].filter((one) => setting?.args[one] !== undefined));
    if (setting === undefined || family === undefined) return undefined;
    const isBeside = ({ kind, args }: Declared) =>
        kind === "ForwardingSetting" && args.namespace === setting.args.namespace && args[family] !== undefined;
    const beside = lab.filter(isBeside).map(({ name }) => name);
    const switched = { [family]: !setting.args[family] };
    return {
        ...edit(lab, setting, switched),
        what: `${family} of ${beside.join(" and ")}: ${!setting.args[family]}`,
        lab: beside.reduce((rest, name) => withArgs(rest, name, switched), lab),
    };
};

const forwardingExtended: Editor = (lab, chance) => {
    const setting = pickKind(lab, chance, "ForwardingSetting", isAlone(lab));
    const missing = chance.pick(["ipv4", "ipv6"].filter((family) => setting?.args[family] === undefined));
    if (setting === undefined) return undefined;
    return edit(lab, setting, missing === undefined ? { ipv6: undefined } : { [missing]: true });
};

const remotesOf = ({ args }: Declared): readonly string[] => (Array.isArray(args.remotes) ? args.remotes : []);

const remotesChanged: Editor = (lab, chance) => {
    const tunnel = pickKind(lab, chance, "Vxlan");
    if (tunnel === undefined) return undefined;
    const [first = "", ...others] = remotesOf(tunnel);
    const number = 210 + (chance.fresh() % 40);
    const another = first.includes(":")
        ? first.replace(/::[0-9a-f]+$/, `::${number.toString(16)}`)
        : first.replace(/\.\d+$/, `.${number}`);
    if (remotesOf(tunnel).includes(another)) return undefined;
    const ways = [[first, ...others, another], [another, ...others], others.length > 0 ? others : [another]];
    return edit(lab, tunnel, { remotes: chance.pick(ways) });
};

const learningChanged: Editor = (lab, chance) => {
    const tunnel = pickKind(lab, chance, "Vxlan");
    return tunnel && edit(lab, tunnel, { learning: tunnel.args.learning === false });
};

export const settingEditors: readonly Editor[] = [
    gatewayChanged,
    destinationChanged,
    metricChanged,
    routeMtuChanged,
    typeChanged,
    hopsChanged,
    sourceDropped,
    forwardingSwitched,
    forwardingExtended,
    remotesChanged,
    learningChanged,
];
