import * as pulumi from "@pulumi/pulumi";
import { AddressPool } from "../address-pool";
import { Route, type RouteNexthop } from "../route";
import { VethPair } from "../veth-pair";
import type { AttachedHost } from "./attached-host";
import { Component, upTo } from "./component";
import { Router } from "./router";

/** What a FatTree is made of. */
export interface FatTreeArgs {
    /** The number of pods, an even one: the paper's `k`, and the number of ports of each switch. */
    pods: number;
}

/** The two ends of a link between routers. */
interface Join {
    readonly up: RouteNexthop;
    readonly down: RouteNexthop;
}

/**
 * A fat tree of k pods: (k/2)² cores; in each pod k/2 aggregation and k/2 edge switches; k/2 hosts an edge.
 * Al-Fares et al., "A Scalable, Commodity Data Center Network Architecture"
 *
 * It is routed, as in the paper, and not bridged: each switch is a Router in a namespace of its own, so that all ways are used.
 * Upwards a packet takes any of them (ECMP, a route of several next hops), downwards there is one.
 * Host 2 of edge 1 in pod 3 is h3-1-2 and has 10.3.1.5; the links between routers are /31 of 172.16.0.0/12.
 */
export class FatTree extends Component {
    /** c1 and so on. */
    readonly cores: readonly Router[];
    /** a1-1, the first of pod 1, and so on. */
    readonly aggregations: readonly Router[];
    /** e1-1, the first of pod 1, and so on. */
    readonly edges: readonly Router[];
    /** h1-1-1, the first of the first edge of pod 1, and so on. */
    readonly hosts: readonly AttachedHost[];
    readonly #names = new Map<Router, string>();
    readonly #subnets = new AddressPool("172.16.0.0/12");
    readonly #links: VethPair[] = [];
    readonly #routes: Route[] = [];

    constructor(name: string, { pods: k }: FatTreeArgs, options?: pulumi.ComponentResourceOptions) {
        super("FatTree", name, options);
        const pods = upTo(k, { component: name, property: "pods" });
        if (k % 2 === 1 || k > 128) {
            throw new pulumi.RunError(`${name}: pods: given ${k}\nexpected an even number, from 2 to 128`);
        }
        const half = pods.slice(0, k / 2);
        this.cores = half.flatMap((group) => half.map((at) => this.#router(`c${(group - 1) * half.length + at}`)));
        this.aggregations = pods.flatMap((pod) => half.map((at) => this.#router(`a${pod}-${at}`)));
        this.edges = pods.flatMap((pod) => half.map((at) => this.#router(`e${pod}-${at}`)));
        const hosts = pods.flatMap((pod) => this.#pod(pod, half));
        this.hosts = hosts;
        this.registerOutputs({ pods: k, hosts: hosts.length });
    }

    /** All routers: cores, aggregations, edges. */
    get switches(): readonly Router[] {
        return [...this.cores, ...this.aggregations, ...this.edges];
    }

    /** The cables between routers; that of a host is the host's `link`. */
    get links(): readonly VethPair[] {
        return this.#links;
    }

    /** The routes of the routers; that of a host is in its `routes`. */
    get routes(): readonly Route[] {
        return this.#routes;
    }

    #router(name: string): Router {
        const router = new Router(`${this.base}-${name}`, {}, { parent: this });
        this.#names.set(router, name);
        return router;
    }

    /** The links, routes and hosts of a pod; the hosts. */
    #pod(pod: number, half: readonly number[]): AttachedHost[] {
        const width = half.length;
        const inPod = <T>(all: readonly T[]): T[] => all.slice((pod - 1) * width, pod * width);
        const edges = inPod(this.edges);
        const ways = new Map<Router, RouteNexthop[]>(edges.map((edge) => [edge, []]));
        for (const [group, middle] of inPod(this.aggregations).entries()) {
            for (const [at, edge] of edges.entries()) {
                const { up, down } = this.#join(middle, edge);
                ways.get(edge)?.push(up);
                this.#route(middle, `10.${pod}.${at + 1}.0/24`, [down]);
            }
            const above = this.cores.slice(group * width, (group + 1) * width).map((core) => {
                const { up, down } = this.#join(core, middle);
                this.#route(core, `10.${pod}.0.0/16`, [down]);
                return up;
            });
            this.#route(middle, "0.0.0.0/0", above);
        }
        for (const [edge, above] of ways) this.#route(edge, "0.0.0.0/0", above);
        return edges.flatMap((edge, at) => half.map((number) => this.#host(edge, pod, at + 1, number)));
    }

    /** A link of two routers; the ends are called as who is at the other. */
    #join(upper: Router, lower: Router): Join {
        const [above, below] = [this.#nameOf(upper), this.#nameOf(lower)];
        const ends = this.#subnets.link(`${above} ${below}`, { index: this.#links.length });
        const left = { ...upper.place, name: below, addresses: [ends.left.cidr] };
        const right = { ...lower.place, name: above, addresses: [ends.right.cidr] };
        const link = new VethPair(`${this.base}-${above}-${below}`, { left, right }, { parent: this });
        this.#links.push(link);
        return {
            up: { gateway: ends.left.address, device: link.right },
            down: { gateway: ends.right.address, device: link.left },
        };
    }

    /**
     * With several ways, each packet's addresses say which it takes. They lead to hosts and back to hosts: what a switch sends itself, from
     * the address of a link, has no way back by those who do not know that link, and needs none.
     */
    #route(on: Router, destination: string, ways: RouteNexthop[]): void {
        const [only] = ways;
        const way = ways.length === 1 ? { gateway: only?.gateway, device: only?.device } : { nexthops: ways };
        const name = `${this.base}-${this.#nameOf(on)}-to-${destination}`;
        const args = { ...on.place, destination, ...way, silence: ["no-way-back" as const] };
        this.#routes.push(new Route(name, args, { parent: this }));
    }

    #host(edge: Router, pod: number, at: number, number: number): AttachedHost {
        const name = `h${pod}-${at}-${number}`;
        return edge.attachAs(name, { resource: `${this.base}-${name}`, subnet: `10.${pod}.${at}.${2 * number}/31` });
    }

    #nameOf(router: Router): string {
        return this.#names.get(router) ?? "";
    }
}
