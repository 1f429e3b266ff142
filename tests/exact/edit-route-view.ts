import type { Json } from "../support/kernel";
import type { Args } from "./edit";
import { find, type Kernel, list, type View } from "./edit-kernel";

const isIpv6 = (args: Args): boolean => {
    const [hop] = list(args.nexthops);
    return [args.destination, args.gateway, hop?.gateway].some((text) => String(text ?? "").includes(":"));
};

const plain = (destination: unknown): string =>
    String(destination)
        .replace(/^(0\.0\.0\.0|::)\/0$/, "default")
        .replace(/\/(32|128)$/, "");

/** Its key is the destination, the table and the metric; over another device, or from another's address, it is another one. */
export function routeView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    const metric = isIpv6(args) ? args.metric || 1024 : (args.metric ?? 0);
    const route = place?.routes.find(
        (one) =>
            String(one.protocol) === "157" &&
            plain(one.dst) === plain(args.destination) &&
            (one.pref !== undefined || String(one.dst).includes(":")) === isIpv6(args) &&
            Number(one.table ?? 254) === (args.table ?? 254) &&
            (one.metric ?? 0) === metric,
    );
    if (place === undefined || route === undefined) return undefined;
    const { namespace, destination } = args;
    const isRefusing = route.type !== undefined && route.type !== "1";
    const hops = isRefusing ? [] : list(route.nexthops).length > 0 ? list(route.nexthops) : [route];
    const hasSource = ({ addr_info }: Json) => list(addr_info).some(({ local }) => local === route.prefsrc);
    const devices = hops.map(({ dev }) => find(place, dev));
    const isSingle = hops.length === 1;
    const [mtu] = list(route.metrics).flatMap((one) => one.mtu ?? []);
    return {
        identity: [
            place.identity,
            plain(destination),
            args.table ?? 254,
            metric,
            ...devices.map((link) => link?.ifindex),
        ].join(" "),
        source: place.links.find(hasSource)?.ifindex,
        values: {
            namespace,
            destination,
            metric,
            table: args.table,
            type: route.type ?? "1",
            gateway: isSingle ? (route.gateway ?? Object(route.via).host) : undefined,
            device: isSingle ? route.dev : undefined,
            nexthops: isSingle
                ? undefined
                : hops
                      .map(({ gateway, dev, weight }) => `${gateway} ${dev} ${weight}`)
                      .sort()
                      .join(", "),
            preferredSource: route.prefsrc,
            mtu,
        },
    };
}
