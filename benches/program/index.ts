import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";

type Inputs = Readonly<Record<string, string | number | boolean | undefined>>;

interface Declaration {
    readonly kind: string;
    readonly name: string;
    readonly inputs: Inputs;
}

/** The bench has written it. */
const { isReal, declarations }: { isReal: boolean; declarations: readonly Declaration[] } = JSON.parse(
    readFileSync(join(__dirname, "topology.json"), "utf8"),
);

const namespaces = new Map<unknown, linuxnet.Namespace>();
const bridges = new Map<unknown, linuxnet.Bridge>();
const list = (text: unknown): string[] | undefined => (text === undefined ? undefined : String(text).split(", "));

function end(inputs: Inputs, side: "left" | "right") {
    const of = (key: string): unknown => inputs[side + key];
    return {
        namespace: namespaces.get(of("Namespace")),
        bridge: bridges.get(of("Bridge")),
        name: String(of("Name")),
        addresses: list(of("Addresses")),
    };
}

const makers: Readonly<Record<string, (name: string, inputs: Inputs) => void>> = {
    Namespace(name, inputs) {
        namespaces.set(inputs["name"], new linuxnet.Namespace(name, { name: String(inputs["name"]) }));
    },
    Bridge(name, inputs) {
        const addresses = list(inputs["addresses"]);
        bridges.set(inputs["name"], new linuxnet.Bridge(name, { name: String(inputs["name"]), addresses }));
    },
    VethPair(name, inputs) {
        new linuxnet.VethPair(name, { left: end(inputs, "left"), right: end(inputs, "right") });
    },
    Route(name, { namespace, destination, gateway, device }) {
        const way = { gateway: String(gateway), device: String(device) };
        new linuxnet.Route(name, { namespace: namespaces.get(namespace), destination: String(destination), ...way });
    },
};

/** The same inputs, and the same that stands on the same, with nothing behind it. */
class Nothing extends pulumi.CustomResource {
    static readonly byName = new Map<unknown, Nothing>();

    constructor(kind: string, name: string, inputs: Inputs) {
        const isReference = (key: string): boolean => /(amespace|Bridge)$/.test(key);
        const entries = Object.entries(inputs).map(([key, value]) => {
            return [key, (isReference(key) && Nothing.byName.get(value)?.urn.apply(() => value)) || value];
        });
        const module = JSON.stringify(join(__dirname, "nothing.cjs"));
        const __provider = `exports.handler = () => require(${module}).provider;`;
        super(`pulumi-nodejs:linuxnet:${kind}`, name, { ...Object.fromEntries(entries), __provider });
        Nothing.byName.set(inputs["name"], this);
    }
}

for (const { kind, name, inputs } of declarations) {
    if (isReal) makers[kind]?.(name, inputs);
    else new Nothing(kind, name, inputs);
}
