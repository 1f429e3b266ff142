import { VXLAN_PORT } from "../../model/vxlan.js";
import type { Finding } from "../../provider/drift.js";
import type { Paint } from "../colour.js";
import type { DeployedResource } from "../deployed.js";
import { differences, wholeWords } from "../preview/words.js";
import { columns } from "../table.js";
import { type DeviceAccount, type Findings, isDrift, type PlaceAccount } from "./account.js";

const HEADING = [" ", "DEVICE", "STATE", "ADDRESSES", "MAC", "MTU", "PEER, BRIDGE", "RESOURCE"];

function tunnelWords({ tunnel }: Pick<DeviceAccount, "tunnel">): string[] {
    if (tunnel === undefined) return [];
    const { vni, local = "any address", port, remotes } = tunnel;
    const far = remotes === undefined ? [] : [`→ ${remotes.join(", ") || "no remotes"}`];
    return [[`vxlan ${vni}:`, local, ...(port === VXLAN_PORT ? [] : [`port ${port}`]), ...far].join(" ")];
}

const peerWords = ({ peer, bridge, stp, tunnel }: DeviceAccount): string =>
    [
        ...(peer === undefined ? [] : [`⟷ ${peer.device} in ${peer.place}`]),
        ...(bridge === undefined ? [] : [`in ${bridge}`]),
        ...(stp ? ["stp"] : []),
        ...tunnelWords({ tunnel }),
    ].join(", ");

const resourceWords = ({ resource, name }: DeviceAccount): string =>
    resource === undefined ? (name === "lo" ? "" : "not of this lab") : `(${resource})`;

function cells(device: DeviceAccount): string[] {
    const { name, state, addresses, macAddress, mtu, hasDrift } = device;
    const mac = /^(00:){5}00$/.test(macAddress) ? "" : macAddress;
    const rest = [mac, mtu === undefined ? "" : String(mtu), peerWords(device), resourceWords(device)];
    return [hasDrift ? "!" : " ", name, state, addresses.join(", "), ...rest];
}

function title({ name, resource, isThere, problem }: PlaceAccount, paint: Paint): string {
    const own = resource === undefined || resource === name ? "" : `   (${resource})`;
    if (problem !== undefined) return `${paint("bold", name)}${own}   ${paint("red", "was not seen")}`;
    return `${paint("bold", name)}${own}${isThere ? "" : `   ${paint("red", "is gone")}`}`;
}

const FAMILIES = { ipv4: "IPv4", ipv6: "IPv6" } as const;

function forwardingWords({ forwarding, forwardingDrift }: PlaceAccount, paint: Paint): string[] {
    const families = Object.keys(FAMILIES) as (keyof typeof FAMILIES)[];
    const on = families.filter((family) => forwarding[family] === true && !forwardingDrift.includes(family));
    const plain = on.length === 0 ? [] : [`   forwards ${on.map((family) => FAMILIES[family]).join(" and ")}`];
    const drifted = forwardingDrift.map((family) => {
        const verb = forwarding[family] === true ? "forwards" : "does not forward";
        return paint("red", `!  ${verb} ${FAMILIES[family]}`);
    });
    return [...plain, ...drifted];
}

function routeWords({ routes }: PlaceAccount, paint: Paint): string[] {
    return routes.map(({ text, isThere, resource, hasDrift }) => {
        const gone = isThere ? "" : " is gone";
        const line = `${hasDrift ? "!" : " "}  route ${text}${gone}   ${resource === undefined ? "not of this lab" : `(${resource})`}`;
        return hasDrift ? paint("red", line) : line;
    });
}

/** Each place with its devices, routes and forwarding; the columns of all are of one width. */
export function placeLines(places: readonly PlaceAccount[], paint: Paint): string[] {
    const [heading = "", ...rows] = columns([HEADING, ...places.flatMap(({ devices }) => devices.map(cells))]);
    const hasDevices = rows.length > 0;
    return [
        ...(hasDevices ? [paint("dim", heading)] : []),
        ...places.flatMap((place) => [
            title(place, paint),
            ...place.devices.map(({ hasDrift }) => {
                const line = rows.shift() ?? "";
                return hasDrift ? paint("red", line) : line;
            }),
            ...(place.isThere ? routeWords(place, paint) : []),
            ...(place.isThere ? forwardingWords(place, paint) : []),
        ]),
    ];
}

/** What has become of a resource: `ns1-dev: veth-ns1 mtu 1400 → 1500`, as it stands and as it was deployed. */
export function driftWords({ kind, name, inputs }: DeployedResource, { standing, found, why }: Finding): string[] {
    const isGone = standing === "gone";
    const change = { operation: "update", kind, name, before: found, after: inputs, isGone, isRenamed: false } as const;
    if (isGone) return [`${wholeWords(change, inputs)} is gone`];
    if (standing === "foreign") return [`${wholeWords(change, inputs)} is gone; there is ${why}`];
    return differences(change, listWords);
}

/** Signs would read as what comes and goes, and not as what is there. */
function listWords(found: readonly string[], deployed: readonly string[]): string | undefined {
    const extra = found.filter((item) => !deployed.includes(item)).map((item) => `${item} is not the program's`);
    const missing = deployed.filter((item) => !found.includes(item)).map((item) => `${item} is missing`);
    const words = [...missing, ...extra];
    return words.length === 0 ? undefined : words.join(", ");
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

/** What has drifted, a line each, or that nothing has. */
export function driftLines(findings: Findings, paint: Paint): string[] {
    const drifted = [...findings].filter(([, { standing }]) => isDrift(standing));
    const unseen = new Set([...findings.values()].flatMap(({ standing, why }) => (standing === "unseen" ? [why] : [])));
    const problems = [...unseen].flatMap((why) => [paint("red", `Not seen: ${why}`)]);
    if (drifted.length === 0) {
        const seen = findings.size - [...findings.values()].filter(({ standing }) => standing === "unseen").length;
        return [...problems, paint("green", `No drift: ${count(seen, "resource")} as deployed.`)];
    }
    return [
        ...problems,
        paint("red", "Drift, as it stands → as it was deployed:"),
        ...drifted.flatMap(([resource, finding]) =>
            driftWords(resource, finding).map((words) => paint("red", `  ! ${words}   (${resource.name})`)),
        ),
        `${count(drifted.length, "resource")} of ${findings.size} drifted: linuxnet up repairs what its program still has.`,
    ];
}
