import { placeOf } from "../model/place";
import { DEFAULT_TIMEOUT_SECONDS, headerBytes, type ReachabilitySpec } from "../model/reachability";
import { typedAt } from "./host/place";
import type { Reply, Step } from "./host/step";

/** What came back: ping(8). */
export type PingResult =
    | { readonly outcome: "reply"; readonly ttl: number; readonly text: string }
    | { readonly outcome: "unreachable"; readonly text: string }
    | { readonly outcome: "no-reply"; readonly text: string };

/** One echo request, waited for so many seconds. */
export function pingStep(spec: ReachabilitySpec, seconds = spec.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS): Step {
    const { to, packetBytes, dontFragment } = spec;
    const size = packetBytes === undefined ? [] : ["-s", String(packetBytes - headerBytes(to))];
    const fragment = dontFragment ? ["-M", "do"] : [];
    const argv = ["ping", "-n", "-c", "1", "-W", String(seconds), "-w", String(seconds), ...size, ...fragment, to];
    const place = placeOf({ namespace: spec.fromNamespace, host: spec.fromHost });
    const text = typedAt(place, argv.join(" "));
    return { place, argv, input: [], mode: "always", mutating: false, describe: [text] };
}

/** Any ICMP error or local refusal; the one place that reads ping's prose. */
const REFUSAL =
    /(?:Destination [A-Za-z ]*(?:Unreachable|Prohibited)|Destination unreachable: [A-Za-z ]+|Packet filtered|Time to live exceeded|Time exceeded:? ?[A-Za-z ]*|Frag needed[^\n]*|Packet too big[^\n]*|Network is unreachable|No route to host|Network is down|[Mm]essage too long[^\n]*|No route|Address unreachable|Administratively prohibited|Operation not permitted|Invalid argument|Permission denied|Cannot assign requested address|Beyond scope of source address|check your local firewall rules|sendmsg: [^\n]*)/;

export function readPing({ stdout, stderr }: Reply): PingResult {
    const reply = /bytes from .*ttl=(\d+)/.exec(stdout);
    if (reply) return { outcome: "reply", ttl: Number(reply[1]), text: `reply, ttl ${reply[1]}` };
    const refusal = REFUSAL.exec(`${stdout}\n${stderr}`);
    if (!refusal) return { outcome: "no-reply", text: "no answer" };
    const from = /^From (\S+?):? /m.exec(stdout)?.[1];
    return { outcome: "unreachable", text: `${refusal[0].trim()}${from ? ` (from ${from})` : ""}` };
}
