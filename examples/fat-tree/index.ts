import * as linuxnet from "pulumi-linuxnet";

// Four pods of switches with four ports each: 20 switches, which all route, and 16 hosts. Six pods have 45 and 54.
const fabric = new linuxnet.FatTree("fabric", { pods: 4 });

function hostNamed(name: string): linuxnet.AttachedHost {
    const host = fabric.hosts.find((one) => one.name === name);
    if (host === undefined) throw new Error(`${name} is none of ${fabric.hosts.map((one) => one.name).join(", ")}`);
    return host;
}

// Each switch on the way takes one from the ttl of 64: one within a rack, three within a pod, five from pod to pod.
function check(name: string, to: string, ttl: number) {
    const from = hostNamed("h1-1-1");
    return new linuxnet.Reachability(name, { from, to: hostNamed(to).address, expect: { ttl } }).result;
}
export const withinTheRack = check("within-the-rack", "h1-1-2", 63);
export const withinThePod = check("within-the-pod", "h1-2-1", 61);
export const toAnotherPod = check("to-another-pod", "h4-2-2", 59);
