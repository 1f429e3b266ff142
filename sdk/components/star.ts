import type * as pulumi from "@pulumi/pulumi";
import { upTo } from "./component";
import { Fabric, type FabricArgs } from "./fabric";

/** What a Star is made of. */
export interface StarArgs extends FabricArgs {
    /** How many hosts there are around the switch: mininet's `k`. */
    hosts: number;
}

/**
 * One switch with hosts around it: mininet's `single,HOSTS`. The hosts are h1 and so on, with the addresses 10.0.0.1 and so on. More
 * hosts change nothing of those that are there.
 */
export class Star extends Fabric {
    constructor(name: string, args: StarArgs, options?: pulumi.ComponentResourceOptions) {
        super("Star", name, args, options);
        const hub = this.addSwitch();
        for (const number of upTo(args.hosts, { component: name, property: "hosts" })) {
            this.addHost(`h${number}`, hub, number);
        }
        this.registerOutputs({ hosts: args.hosts });
    }
}
