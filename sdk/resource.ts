import * as pulumi from "@pulumi/pulumi";
import type { Check } from "../model/checks";
import { formatOwner } from "../model/owner";
import { providerText } from "../model/provider-text";
import { joinList, SECRET, SILENCE } from "../model/schema";
import { claimName, connectionProvider, declare } from "./declared";
import { hasConnections, requireSettings } from "./host";
import { watch } from "./warnings";

/** `left.addresses`, as a user writes it, is `leftAddresses` to the engine. */
const wireName = (property: string): string =>
    property.replace(/^(left|right|from)\.([a-z])/, (_, side: string, first: string) => side + first.toUpperCase());

/** Outputs of our own resources that are what an input was: no secrets, as their inputs were none. */
const open = new WeakSet<object>();

/**
 * The engine hands a provider secrets as plain text, and the kernel shows what is made of them to everybody: a secret is
 * kept here, and the check refuses what goes on in its place.
 */
function withoutSecret(value: unknown): unknown {
    if (!pulumi.Output.isInstance(value) || open.has(value)) return value;
    const seen = pulumi.all([value, pulumi.isSecret(value)]).apply(([plain, isSecret]) => (isSecret ? SECRET : plain));
    return pulumi.unsecret(seen);
}

export interface Registration {
    /** `VethPair` */
    readonly kind: string;
    /** The function of provider/index.ts. */
    readonly factory: string;
    readonly inputs: pulumi.Inputs;
    /** Outputs that are not inputs: unknown in a preview that would change them. */
    readonly computed?: readonly string[];
    /** What must come before: devices that a route goes over. */
    readonly dependsOn?: readonly pulumi.Resource[];
    /** What takes this resource along when it is replaced. */
    readonly replaceWith?: readonly pulumi.Resource[];
    /** The namespace that takes this resource along when it is destroyed. */
    readonly deletedWith?: pulumi.Resource | undefined;
}

/** What all resources of this package have in common. */
export abstract class LinuxnetResource extends pulumi.CustomResource {
    /** Changes whenever the provider has created or changed the object; Reachability is triggered by it. */
    declare readonly revision: pulumi.Output<string>;

    protected constructor(name: string, registration: Registration, options: pulumi.CustomResourceOptions = {}) {
        const { kind, factory, inputs, computed = [], dependsOn = [], replaceWith = [], deletedWith } = registration;
        requireSettings();
        claimName(kind, name);
        const owner = formatOwner({ project: pulumi.getProject(), stack: pulumi.getStack(), name });
        const { silence = [], ...others } = inputs as pulumi.Inputs & { silence?: readonly Check[] };
        const given = Object.entries(others).filter(([, value]) => value !== undefined);
        const known = Object.fromEntries(given.map(([key, value]) => [key, withoutSecret(value)]));
        const unknown = Object.fromEntries([...computed, "revision"].map((key) => [key, undefined]));
        super(
            `pulumi-nodejs:linuxnet:${kind}`,
            name,
            {
                ...known,
                ...unknown,
                ...(silence.length > 0 ? { [SILENCE]: joinList(silence) } : {}),
                __provider: providerText(factory, owner),
            },
            pulumi.mergeOptions(
                {
                    ...(deletedWith ? { deletedWith } : {}),
                    ...(hasConnections() ? { provider: connectionProvider() } : {}),
                    deleteBeforeReplace: true,
                    dependsOn: [...dependsOn],
                    replaceWith: [...replaceWith],
                },
                {
                    ...options,
                    ignoreChanges: (options.ignoreChanges ?? []).map(wireName),
                    replaceOnChanges: (options.replaceOnChanges ?? []).map(wireName),
                },
            ),
        );
        if (options.additionalSecretOutputs === undefined) {
            for (const key of Object.keys(known)) open.add(Object(Reflect.get(this, key)));
        }
        declare(this, kind);
        watch(kind, name, this, known, silence);
    }
}
