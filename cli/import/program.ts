import { parseNexthop } from "../../model/route";
import { splitList } from "../../model/schema";
import { endOf, SIDES, type Side } from "../../model/veth-pair";
import type { KindName, Resource, ResourceOf } from "./resource";
import { Expression, type Fields, type Value, write } from "./source";
import { Variables } from "./variables";

const HEADER = `import * as linuxnet from "pulumi-linuxnet";

// What linuxnet import has found on this machine. It is yours to change.
`;

const listOf = (list: string | undefined): readonly string[] | undefined =>
    list === undefined ? undefined : splitList(list);

/** Writes resources as a program, which refers to them by variables. */
class Writer {
    readonly #variables = new Variables();

    constructor(private readonly resources: readonly Resource[]) {}

    write(): string {
        // What is referred to is known when all has been looked at.
        const fields = this.resources.map((resource) => [resource, this.#fields(resource)] as const);
        let last: KindName | undefined;
        const lines = fields.map(([resource, args]) => {
            const { kind, name } = resource;
            const variable = this.#variables.known(resource);
            const start = variable === undefined ? "" : `const ${variable} = `;
            const call = `${start}new linuxnet.${kind}(${JSON.stringify(name)}, `;
            const gap = last === kind ? "" : "\n";
            last = kind;
            return `${gap}${call}${write(args, "", call.length + 2)});\n`;
        });
        return HEADER + lines.join("");
    }

    #fields(resource: Resource): Fields {
        switch (resource.kind) {
            case "Namespace":
                return { ...resource.spec };
            case "Bridge": {
                const { namespace, name, addresses, ...rest } = resource.spec;
                return {
                    namespace: this.#namespace(namespace),
                    name: resource.implied.includes("name") ? undefined : name,
                    addresses: listOf(addresses),
                    ...rest,
                };
            }
            case "VethPair":
                return Object.fromEntries(SIDES.map((side) => [side, this.#end(resource, side)]));
            case "Vxlan":
                return this.#vxlan(resource);
            case "Address": {
                const { namespace, ...rest } = resource.spec;
                return { namespace: this.#namespace(namespace), ...rest };
            }
            case "ForwardingSetting": {
                const { namespace, ...rest } = resource.spec;
                return { namespace: this.#namespace(namespace), ...rest };
            }
            case "Route":
                return this.#route(resource);
        }
    }

    #end({ spec, implied }: ResourceOf<"VethPair">, side: Side): Fields {
        const { namespace, name, bridge, addresses, mtu, up } = endOf(spec, side);
        const port = bridge === undefined ? undefined : this.#device(namespace, bridge);
        return {
            // It lives where its bridge does.
            namespace: port instanceof Expression ? undefined : this.#namespace(namespace),
            bridge: port,
            name: implied.includes(`${side}Name`) ? undefined : name,
            addresses: listOf(addresses),
            mtu,
            up,
        };
    }

    #vxlan({ spec, implied }: ResourceOf<"Vxlan">): Fields {
        const { namespace, name, bridge, device, vni, local, remotes, addresses, ...rest } = spec;
        const port = bridge === undefined ? undefined : this.#device(namespace, bridge);
        return {
            namespace: port instanceof Expression ? undefined : this.#namespace(namespace),
            bridge: port,
            name: implied.includes("name") ? undefined : name,
            vni,
            local,
            remotes: listOf(remotes),
            device: device === undefined ? undefined : this.#device(namespace, device),
            addresses: listOf(addresses),
            ...rest,
        };
    }

    #route({ spec, implied }: ResourceOf<"Route">): Fields {
        const { namespace, destination, gateway, device, nexthops, ...rest } = spec;
        const isWritten = device !== undefined && !implied.includes("device");
        return {
            namespace: this.#namespace(namespace),
            destination,
            gateway,
            device: isWritten ? this.#device(namespace, device) : undefined,
            nexthops: listOf(nexthops)?.map((text) => {
                const hop = parseNexthop(text);
                return {
                    gateway: hop.gateway,
                    device: hop.device === undefined ? undefined : this.#device(namespace, hop.device),
                    weight: hop.weight === 1 ? undefined : hop.weight,
                };
            }),
            ...rest,
        };
    }

    #namespace(name: string | undefined): Value | undefined {
        if (name === undefined) return undefined;
        const found = this.resources.find(({ kind, spec }) => kind === "Namespace" && spec.name === name);
        return found === undefined ? name : new Expression(this.#variables.of(found));
    }

    /** A device of the program by its variable, any other by its name. */
    #device(namespace: string | undefined, name: string): Value {
        for (const resource of this.resources) {
            if (resource.kind === "Bridge" || resource.kind === "Vxlan") {
                const { spec } = resource;
                if (spec.namespace === namespace && spec.name === name)
                    return new Expression(this.#variables.of(resource));
            }
            if (resource.kind !== "VethPair") continue;
            const side = SIDES.find((one) => {
                const end = endOf(resource.spec, one);
                return end.namespace === namespace && end.name === name;
            });
            if (side !== undefined) return new Expression(`${this.#variables.of(resource)}.${side}`);
        }
        return name;
    }
}

/** The program of these resources, to be read and changed by people. */
export const writeProgram = (resources: readonly Resource[]): string => new Writer(resources).write();
