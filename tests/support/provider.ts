import assert from "node:assert/strict";
import { providerText } from "../../model/provider-text";
import { address } from "../../provider/address";
import { bridge } from "../../provider/bridge";
import { type Provider, provider } from "../../provider/dynamic";
import { forwardingSetting } from "../../provider/forwarding-setting";
import { forgetAll } from "../../provider/host/machines";
import type { Queries } from "../../provider/host/query";
import type { Kind } from "../../provider/kind";
import { namespace } from "../../provider/namespace";
import { Program } from "../../provider/program";
import { reachability } from "../../provider/reachability";
import type { FlatSpec } from "../../provider/record";
import { route } from "../../provider/route";
import { simulatedHost } from "../../provider/simulated-host";
import { vethPair } from "../../provider/veth-pair";
import { vxlan } from "../../provider/vxlan";
import { listCommands, withCommandLog } from "./commands";
import { command } from "./kernel";

export type Inputs = Readonly<Record<string, string | number | boolean | undefined>>;
type Properties = Record<string, unknown>;

const of =
    <Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>) =>
    (program: Program, owner: string): Provider =>
        provider(kind, program, owner);

export const providers = {
    SimulatedHost: of(simulatedHost),
    Namespace: of(namespace),
    VethPair: of(vethPair),
    Bridge: of(bridge),
    Vxlan: of(vxlan),
    Address: of(address),
    Route: of(route),
    ForwardingSetting: of(forwardingSetting),
    Reachability: reachability,
} as const;

export type KindName = keyof typeof providers;

/** What the engine did about a resource. */
export type Step = "create" | "update" | "replace" | "same";

const withoutAbsent = (inputs: Properties | Inputs): Properties =>
    Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));

/** The failures of a check, as the user reads them. */
export class Refused extends Error {}

/** A stack of one program: what the engine keeps of it, and calls for it. */
export class Stack {
    #program = new Program();
    readonly #resources: Resource[] = [];

    constructor(
        private name = "test",
        readonly project = "lab",
    ) {}

    /** As `pulumi stack rename` does: what is called from then on is called in the new name. */
    rename(name: string): void {
        this.name = name;
        this.#program = new Program();
    }

    /** A resource that the program declares; `up` brings it about. */
    resource(kind: KindName, name: string): Resource {
        const resource = new Resource(() => {
            const owner = `${this.project}/${this.name}/${name}`;
            return { provider: providers[kind](this.#program, owner), text: providerText(kind, owner) };
        });
        this.#resources.push(resource);
        return resource;
    }

    async up(kind: KindName, name: string, inputs: Inputs): Promise<Resource> {
        const resource = this.resource(kind, name);
        await resource.up(inputs);
        return resource;
    }

    /** Forgets all of it, without a word to the machine. */
    reset(): void {
        this.#program = new Program();
        this.#resources.length = 0;
    }

    async destroy(): Promise<void> {
        for (const resource of this.#resources.reverse()) await resource.delete();
        this.#resources.length = 0;
    }
}

/** What the engine keeps of a resource, and the order in which it calls its provider. */
export class Resource {
    #id: string | undefined;
    #inputs: Properties = {};
    #outputs: Properties = {};
    #isUnfinished = false;

    /** The provider, and the text by which the engine keeps it. */
    constructor(private readonly make: () => { readonly provider: Provider; readonly text: string }) {}

    #provider(): Provider {
        return this.make().provider;
    }

    /** As the SDK registers them. */
    #registered(inputs: Properties | Inputs): Properties {
        return { ...withoutAbsent(inputs), __provider: this.make().text };
    }

    get id(): string | undefined {
        return this.#id;
    }

    get outputs(): Readonly<Properties> {
        return this.#outputs;
    }

    /** Checks, compares, and creates, updates or replaces, deleting first; what stands on it may have to go before. */
    async up(given: Inputs, makeWay: () => Promise<void> = async () => {}): Promise<Step> {
        const inputs = await this.check(given);
        if (this.#id === undefined) return this.create(inputs).then(() => "create");
        const { changes, replaces } = await this.#provider().diff(this.#id, this.#outputs, inputs);
        if ((replaces ?? []).length > 0) {
            await makeWay();
            await this.delete();
            return this.create(inputs).then(() => "replace");
        }
        if (!changes && !this.#isUnfinished) return "same";
        await this.update(inputs);
        return "update";
    }

    async check(given: Inputs): Promise<Properties> {
        forgetAll();
        const { inputs, failures = [] } = await this.#provider().check(this.#inputs, this.#registered(given));
        if (failures.length > 0) throw new Refused(failures.map(({ reason }) => reason).join("\n"));
        return inputs;
    }

    /** Which inputs differ, and which of them replace. */
    async diff(given: Inputs): Promise<{ changes: boolean; replaces: readonly string[] }> {
        const { changes, replaces } = await this.#provider().diff(
            this.#id ?? "",
            this.#outputs,
            await this.check(given),
        );
        return { changes: changes === true, replaces: replaces ?? [] };
    }

    /** Without a check before it. */
    async create(inputs: Inputs | Properties): Promise<void> {
        const registered = this.#registered(inputs);
        const { id, outs } = await this.#keepingWhatIsThere(() => this.#provider().create(registered));
        this.#id = id;
        this.#inputs = registered;
        this.#outputs = { ...outs };
    }

    /** Without a check and a comparison before it. */
    async update(news: Inputs | Properties = this.#inputs): Promise<void> {
        const inputs = this.#registered(news);
        const { outs } = await this.#keepingWhatIsThere(() =>
            this.#provider().update(this.#id ?? "", this.#outputs, inputs),
        );
        this.#inputs = inputs;
        this.#outputs = { ...outs };
        this.#isUnfinished = false;
    }

    /** What a refresh finds changed, a line each: `leftMtu: 1400 → 1300`; or `gone`. The state is then what was found. */
    async refresh(): Promise<readonly string[]> {
        forgetAll();
        return this.refreshWithOthers();
    }

    /** The same, by what has been asked for others a moment ago. */
    async refreshWithOthers(): Promise<readonly string[]> {
        const found = await this.#provider().read(this.#id ?? "", this.#outputs);
        if (!found.id) {
            this.#id = undefined;
            this.#inputs = {};
            this.#outputs = {};
            return ["gone"];
        }
        // Without inputs of its own, the engine keeps those it has.
        const inputs: Properties = { ...(found.inputs ?? this.#inputs), __provider: this.#inputs["__provider"] };
        const names = [...new Set([...Object.keys(this.#inputs), ...Object.keys(inputs)])].sort();
        const show = (value: unknown): string => (value === undefined ? "(absent)" : String(value));
        const lines = names
            .filter((name) => this.#inputs[name] !== inputs[name])
            .map((name) => `${name}: ${show(this.#inputs[name])} → ${show(inputs[name])}`);
        this.#inputs = inputs;
        this.#outputs = { ...found.props };
        return lines;
    }

    async delete(): Promise<void> {
        if (this.#id === undefined) return;
        forgetAll();
        await this.#provider().delete(this.#id, this.#outputs);
        this.#id = undefined;
        this.#inputs = {};
        this.#outputs = {};
    }

    /** A change that fails half-way tells what there is; the engine keeps that, and updates it the next time. */
    async #keepingWhatIsThere<Result>(change: () => Promise<Result>): Promise<Result> {
        forgetAll();
        try {
            return await change();
        } catch (error) {
            if (error instanceof Error && "id" in error && "properties" in error) {
                this.#id = String(error.id);
                this.#outputs = Object(error.properties);
                this.#isUnfinished = true;
            }
            throw error;
        }
    }
}

/** All at the same time, as the engine does it: what each of them finds changed. */
export function refreshTogether(resources: readonly Resource[]): Promise<readonly (readonly string[])[]> {
    forgetAll();
    return Promise.all(resources.map((resource) => resource.refreshWithOthers()));
}

/** One for all tests of a `describe`, empty in each. What a test leaves, and breaks, is swept away: the machine is ours. */
export function useStack(name?: string, project?: string): Stack {
    const stack = new Stack(name, project);
    afterEach("sweep", async () => {
        stack.reset();
        await sweep();
    });
    return stack;
}

/** What joins machines of the tests' own (wire.ts) stays as long as they do. */
const SWEEP = `
for link in $(ls /sys/class/net); do case $link in lo|wire*|plug*) ;; *) ip link del dev $link 2>/dev/null ;; esac; done
for file in $(find /run/linuxnet/hosts ! -type d -name net -o ! -type d -path '*/netns/*' 2>/dev/null); do umount $file; done
for name in $(ls /run/netns 2>/dev/null); do ip netns del $name; done
for family in -4 -6; do ip $family route flush table all proto 157; done
ip address flush dev lo scope global
ip link set dev lo up alias ""
rm -rf /run/linuxnet /etc/sysctl.d/90-*.conf
sysctl -q -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0 net.ipv6.conf.default.forwarding=0
`;

/** Takes away whatever is there, ours or not. */
export async function sweep(): Promise<void> {
    await command(["sh", "-c", SWEEP]);
    forgetAll();
}

/** A second update finds nothing to do. */
export async function assertSettled(...resources: readonly Resource[]): Promise<void> {
    for (const resource of resources) {
        const { mutating } = await withCommandLog(() => resource.update());
        assert.equal(listCommands(mutating), "", "an update of what is as wanted runs a command");
        assert.deepEqual(await resource.refresh(), [], "a refresh of what is as wanted finds a change");
    }
}
