import type { Problem } from "../../model/schema";
import { Groups } from "../groups";
import type { DeclaredDevice, Program } from "../program";
import { joinSegments } from "../segments";
import { at, quote, resourceName } from "./seen";

const bridgeOf = ({ place, bridge }: DeclaredDevice): string => `${place}/${bridge}`;

/** What carries frames between bridges: a pair from one to another, and the tunnels of one network, each as one thing in between. */
function cables(
    devices: readonly DeclaredDevice[],
): Map<string, { readonly port: DeclaredDevice; readonly to: string }[]> {
    const segments = joinSegments(devices.map((device) => ({ ...device, segment: `${device.owner} ${device.kind}` })));
    const found = new Map<string, { port: DeclaredDevice; to: string }[]>();
    for (const port of devices.filter(({ bridge }) => bridge !== undefined)) {
        const key = `${port.owner} ${port.kind}`;
        const to = port.kind === "vxlan" ? (segments.get(key) ?? key) : key;
        found.set(key, [...(found.get(key) ?? []), { port, to }]);
    }
    return found;
}

/** Bridges in a circle send a broadcast round for ever; one that speaks STP breaks it (IEEE 802.1D). */
export function bridgeLoop(program: Program, declared: DeclaredDevice): Problem[] {
    const devices = program.devices.all;
    const speaksStp = new Set(
        devices.filter(({ kind, stp }) => kind === "bridge" && stp).map(({ place, name }) => `${place}/${name}`),
    );
    const groups = new Groups();
    const mine = `${declared.owner} ${declared.kind}`;
    const all = cables(devices);
    const order = [...[...all].filter(([key]) => key !== mine), ...[...all].filter(([key]) => key === mine)];
    for (const [key, ports] of order) {
        for (const { port, to } of ports) {
            if (speaksStp.has(bridgeOf(port)) || groups.join(`cable ${to}`, `bridge ${bridgeOf(port)}`) || key !== mine)
                continue;
            const bridge = devices.find(({ place, name }) => place === port.place && name === port.bridge);
            const property = port.nameProperty.replace(/(n|N)ame$/, (_, first: string) =>
                first === "N" ? "Bridge" : "bridge",
            );
            const advice =
                `${port.bridge} ${at(port.place)} is joined to it already, another way` +
                `: give ${bridge ? `"${resourceName(bridge.owner)}"` : port.bridge} stp: true, or silence: ["bridge-loop"]`;
            return [
                {
                    property,
                    given: quote(port.bridge),
                    expected: "bridges without a circle, in which a broadcast never ends",
                    advice,
                },
            ];
        }
    }
    return [];
}
