import { createRequire } from "node:module";
import type { dynamic } from "@pulumi/pulumi";
import { factoryIn } from "../../model/provider-text.js";
import { UNKNOWN } from "../../model/schema.js";
import type { Pulumi } from "./pulumi.js";

export type Properties = Record<string, unknown>;

/** Where a resource has the text that makes its provider. */
export const TEXT = "__provider";

/** A dynamic provider. Ours can be told that nothing is to be begun any more. */
export type Provider = dynamic.ResourceProvider & { end?(): void };

/** Our provider's module: a function for each kind. */
type Factories = Readonly<Record<string, (owner: string) => Provider>>;

/** The providers of one operation's dynamic resources, ours and others', each made of its text once. */
export class Providers {
    readonly #made = new Map<string, Promise<Provider>>();
    readonly #ours = new Set<Provider>();
    /** What ours are made by: to find it takes longer than to make one. */
    #factories: Factories | undefined;
    #config: Properties = {};

    constructor(
        private readonly pulumi: Pulumi,
        private readonly project: string,
    ) {}

    configure(config: Properties): void {
        this.#config = config;
    }

    /** That of a resource; of its former text, where the new one is not known yet. */
    of(news: Properties, olds: Properties = {}): Promise<Provider> {
        const text = String((news[TEXT] === UNKNOWN ? olds : news)[TEXT]);
        const known = this.#made.get(text) ?? this.#make(text);
        this.#made.set(text, known);
        return known;
    }

    end(): void {
        for (const provider of this.#ours) provider.end?.();
    }

    /** What a text makes. Ours differ in nothing but the owner: they are not compiled one by one. */
    #evaluate(text: string): Provider {
        const ours = factoryIn(text);
        if (ours === undefined) return this.pulumi.requireFromString(text).handler() as Provider;
        this.#factories ??= createRequire(`${process.cwd()}/`)(ours.module) as Factories;
        const make = this.#factories[ours.factory];
        if (make === undefined) throw new Error(`${ours.module} has no ${ours.factory}`);
        return make(ours.owner);
    }

    async #make(text: string): Promise<Provider> {
        const provider = this.#evaluate(text);
        if (provider.end) this.#ours.add(provider);
        await provider.configure?.({ config: new Settings(this.#config, this.project) });
        return provider;
    }
}

/** What the engine tells a provider of the stack's configuration. */
class Settings implements dynamic.Config {
    constructor(
        private readonly all: Properties,
        private readonly project: string,
    ) {}

    get(key: string): string | undefined {
        return this.all[key.includes(":") ? key : `${this.project}:${key}`] as string | undefined;
    }

    require(key: string): string {
        const value = this.get(key);
        if (value === undefined) throw new Error(`Missing required configuration key: ${key}`);
        return value;
    }
}
