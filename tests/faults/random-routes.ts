import type { RouteWish } from "./random-lab";
import { addressIn, type Family, familyOf, type PlannedDevice, pick } from "./random-lab-plan";

type Args = Readonly<Record<string, unknown>>;
type Place = string | undefined;

/** A neighbour that is none of the lab's devices. */
const gatewayOf = ({ segment }: PlannedDevice, family: Family, which: number): string =>
    addressIn(segment, family, 150 + (which % 50));

/** A segment whose subnet no device has: `onlink` to an IPv6 gateway in the subnet of another device is refused by the kernel. */
const FAR = 250;

const isRouted = (device: PlannedDevice, family: Family): boolean => family === 4 || (device.mtu ?? 1500) >= 1280;

/** Routes for which there is a way, none like another of its place. */
export class RoutePlan {
    readonly #taken = new Set<string>();
    #destinations = 0;

    /** Undefined where the lab has one like it already. */
    plan(wish: RouteWish, place: Place, up: readonly PlannedDevice[], loopbacks: readonly string[]): Args | undefined {
        const { family, metric, table, hasSource, mtu } = wish;
        const devices = up.filter((device) => isRouted(device, family));
        const way = this.#way(wish, devices) ?? { type: wish.type };
        const destination = this.#destination(wish, "gateway" in way || "nexthops" in way);
        const to = destination.replace(/^(0\.0\.0\.0|::)\/0$/, "default");
        const key = [place, to, family, table ?? 254, family === 6 ? metric || 1024 : (metric ?? 0)].join(" ");
        if (this.#taken.has(key)) return undefined;
        this.#taken.add(key);
        const isRefusing = "type" in way;
        const sources = [...devices.flatMap(({ addresses }) => addresses), ...loopbacks];
        const own = sources.filter((address) => familyOf(address) === family);
        const source = isRefusing || !hasSource ? undefined : pick(own, wish.gateway)?.split("/")[0];
        return {
            namespace: place,
            destination,
            ...way,
            metric,
            table,
            ...(isRefusing ? {} : { preferredSource: source, mtu }),
        };
    }

    #way(
        { way, family, device, gateway, namesDevice }: RouteWish,
        devices: readonly PlannedDevice[],
    ): Args | undefined {
        const suffix = family === 4 ? "/24" : "/64";
        const near = devices.filter(({ addresses }) =>
            addresses.some((address) => familyOf(address) === family && address.endsWith(suffix)),
        );
        const over = pick(way === "gateway" || way === "several" ? near : devices, device);
        if (over === undefined || way === "none") return undefined;
        const via = gatewayOf(over, family, gateway);
        if (way === "direct") return { device: over.name };
        if (way === "onlink") return { gateway: addressIn(FAR, family, 1 + gateway), device: over.name, onlink: true };
        if (way === "gateway") return { gateway: via, device: namesDevice ? over.name : undefined };
        const other = pick(near, device + 1) ?? over;
        const hops = [
            { gateway: via, device: over.name, weight: 1 + (gateway % 5) },
            { gateway: gatewayOf(other, family, gateway + 1), device: other.name },
        ];
        return { nexthops: hops };
    }

    /** `default` tells no family without a gateway. */
    #destination({ destination, family }: RouteWish, hasGateway: boolean): string {
        if (destination === "default") return hasGateway ? "default" : family === 4 ? "0.0.0.0/0" : "::/0";
        if (destination !== "same" || this.#destinations === 0) this.#destinations += 1;
        const number = this.#destinations;
        if (destination === "host") return family === 4 ? `10.${100 + number}.0.7/32` : `fdee:${number}::7/128`;
        return family === 4 ? `10.${100 + number}.0.0/16` : `fdee:${number}::/48`;
    }
}
