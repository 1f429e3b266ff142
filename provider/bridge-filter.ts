import { type Place, placeName } from "../model/place";
import { ask, machineAt } from "./host/machines";
import { typedAt } from "./host/place";
import type { Query } from "./host/query";
import type { Step } from "./host/step";

/** All rules of a firewall, nftables' and those of iptables before it, where there are any. */
const READ_RULES =
    "nft list ruleset; [ ! -s /proc/net/ip_tables_names ] || iptables-legacy-save; [ ! -s /proc/net/ip6_tables_names ] || ip6tables-legacy-save; exit 0";

async function dropsPackets(place: Place): Promise<boolean> {
    const argv = ["sh", "-c", READ_RULES];
    const step: Step = { place, argv, input: [], mode: "always", mutating: false, describe: ["nft list ruleset"] };
    const [reply] = await machineAt(place).session((session) => session.run([step]));
    return /\b(drop|reject)\b/i.test(reply?.stdout ?? "");
}

/** Whether a place's firewall gets what its bridges carry (br_netfilter): each namespace has its own setting. */
async function isFiltered(place: Place, to: string): Promise<boolean> {
    const path = `net/bridge/bridge-nf-call-${to.includes(":") ? "ip6tables" : "iptables"}`;
    const setting: Query<boolean> = {
        source: "settings",
        place,
        ask: path,
        read: (answer) => answer?.endsWith(" 1") ?? false,
    };
    return (await ask(place, { setting })).setting;
}

/** Says so where what a bridge carries to an address meets a firewall that drops anything. */
export async function bridgeFilter(bridge: string, place: Place, to: string): Promise<string | undefined> {
    if (!(await isFiltered(place, to)) || !(await dropsPackets(place))) return undefined;
    const rules = typedAt(place, "nft list ruleset");
    return `br_netfilter gives what ${bridge} in ${placeName(place)} carries to the firewall there, which drops packets (${rules})`;
}
