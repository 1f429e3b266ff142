import { type Place, placeName } from "../../model/place";
import type { Inventory } from "../../provider/inventory";
import { placeWord } from "./devices";
import type { Names } from "./names";
import { type ResourceOf, specOf } from "./resource";

const MAIN = { ipv4: "net/ipv4/ip_forward", ipv6: "net/ipv6/conf/all/forwarding" } as const;

/** Whether a place forwards, where it does; and devices that do so by themselves. */
export function toForwarding(
    { place, forwarding, links }: Inventory,
    isTaken: (device: string) => boolean,
    names: Names,
): { readonly resources: readonly ResourceOf<"ForwardingSetting">[]; readonly told: readonly string[] } {
    const isOn = (family: keyof typeof MAIN) => (forwarding.get(MAIN[family]) === "1" ? true : undefined);
    const alone = links.filter(
        ({ name }) =>
            isTaken(name) &&
            (["ipv4", "ipv6"] as const).some((family) => {
                const own = forwarding.get(`net/${family}/conf/${name}/forwarding`);
                return own !== undefined && own !== forwarding.get(MAIN[family]);
            }),
    );
    const told = alone.map(
        ({ name }) =>
            `${placeName(place)}: the forwarding setting of ${name} alone is left alone: there is no resource for it`,
    );
    const [ipv4, ipv6] = [isOn("ipv4"), isOn("ipv6")];
    if (ipv4 === undefined && ipv6 === undefined) return { resources: [], told };
    const name = names.give("ForwardingSetting", `${placeWord(place)}-forwarding`);
    const spec = specOf({ namespace: namespaceOf(place), ipv4, ipv6 });
    return { resources: [{ kind: "ForwardingSetting", name, spec, implied: [] }], told };
}

const namespaceOf = (place: Place): string | undefined => (place === "" ? undefined : place);
