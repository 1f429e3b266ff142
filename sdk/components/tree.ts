import type * as pulumi from "@pulumi/pulumi";
import { upTo } from "./component";
import { Fabric, type FabricArgs } from "./fabric";
import type { Switch } from "./switch";

/** What a Tree is made of. */
export interface TreeArgs extends FabricArgs {
    /** How many levels of switches there are. */
    depth: number;
    /**
     * How many switches, or hosts, there are below each switch.
     * @default 2
     */
    fanout?: number | undefined;
}

/**
 * Switches below a switch, and hosts below the last ones: mininet's `tree,DEPTH,FANOUT`. Switches and hosts are numbered from left to
 * right, each switch before what is below it: another depth or fanout gives other numbers, and so other addresses.
 */
export class Tree extends Fabric {
    constructor(name: string, args: TreeArgs, options?: pulumi.ComponentResourceOptions) {
        super("Tree", name, args, options);
        const { depth, fanout = 2 } = args;
        upTo(depth, { component: name, property: "depth" });
        this.#grow(depth, upTo(fanout, { component: name, property: "fanout" }));
        this.registerOutputs({ depth, fanout });
    }

    #grow(levels: number, below: readonly number[]): Switch {
        const here = this.addSwitch();
        for (const _ of below) {
            if (levels > 1) this.join(here, this.#grow(levels - 1, below));
            else this.#leaf(here);
        }
        return here;
    }

    #leaf(here: Switch): void {
        const number = this.hosts.length + 1;
        this.addHost(`h${number}`, here, number);
    }
}
