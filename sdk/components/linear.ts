import type * as pulumi from "@pulumi/pulumi";
import { upTo } from "./component";
import { Fabric, type FabricArgs } from "./fabric";

/** What a Linear is made of. */
export interface LinearArgs extends FabricArgs {
    /** How many switches there are in the row: mininet's `k`. */
    switches: number;
    /**
     * How many hosts each switch has: mininet's `n`.
     * @default 1
     */
    hostsPerSwitch?: number | undefined;
}

/**
 * Switches in a row, each with hosts: mininet's `linear,SWITCHES,HOSTS`.
 *
 * With one host a switch, those are h1 and so on, with the addresses 10.0.0.1 and so on; with more, h2s1 is the second host of the
 * first switch, and has 10.0.1.2. More switches change nothing of those that are there; nor do more hosts, from two on.
 */
export class Linear extends Fabric {
    constructor(name: string, args: LinearArgs, options?: pulumi.ComponentResourceOptions) {
        super("Linear", name, args, options);
        const { hostsPerSwitch = 1 } = args;
        const hosts = upTo(hostsPerSwitch, { component: name, property: "hostsPerSwitch" });
        for (const row of upTo(args.switches, { component: name, property: "switches" })) {
            const before = this.switches.at(-1);
            const here = this.addSwitch();
            if (before) this.join(before, here);
            for (const number of hosts) {
                if (hostsPerSwitch === 1) this.addHost(`h${row}`, here, row);
                else this.addHost(`h${number}s${row}`, here, row * 256 + number);
            }
        }
        this.registerOutputs({ switches: args.switches, hostsPerSwitch });
    }
}
