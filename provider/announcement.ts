import type { Place } from "../model/place";
import type { ToolCommand } from "./host/command";
import { typedAt } from "./host/place";

/**
 * Neighbours are told of a device's addresses when its MAC address is set, also to the same (arp_notify, ndisc_notify: ip-sysctl), and
 * its own neighbours are forgotten then: where a person has put one there for good, nobody is told.
 */
const ANNOUNCE = '[ -n "$(ip neigh show dev "$1" nud permanent)" ] || exec ip link set dev "$1" address "$2"';

/** Without it, whoever has had an address from another device goes on sending there, for half a minute at times. */
export function announcement(place: Place, device: string, macAddress: string): ToolCommand {
    const text = typedAt(place, `ip link set dev ${device} address ${macAddress}`);
    return {
        kind: "tool",
        place,
        argv: ["sh", "-c", ANNOUNCE, "sh", device, macAddress],
        text,
        typed: [text],
        isNear: true,
    };
}
