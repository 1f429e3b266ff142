import { type Machine, type MachineOptions, startMachine } from "./machine";
import { makeSshClient, type SshClient } from "./ssh-client";
import { makeWire, type Wire } from "./wire";

export type MachineSpec = Omit<MachineOptions, "wire">;

/** Machines on one wire, and somebody who may log in to all of them. */
export class Machines {
    #wire: Wire | undefined;
    #client: SshClient | undefined;
    readonly #started = new Map<string, Machine>();

    constructor(
        private readonly specs: Readonly<Record<string, MachineSpec>>,
        private readonly hostAddress: string,
    ) {}

    get wire(): Wire {
        return made(this.#wire);
    }

    get client(): SshClient {
        return made(this.#client);
    }

    get all(): readonly Machine[] {
        return [...this.#started.values()];
    }

    get(name: string): Machine {
        return made(this.#started.get(name));
    }

    /** All at once; one that does not start does not keep the others from being stopped. */
    async start(): Promise<void> {
        const wire = await makeWire(this.hostAddress);
        this.#wire = wire;
        const outcomes = await Promise.allSettled(
            Object.entries(this.specs).map(async ([name, spec]) => {
                this.#started.set(name, await startMachine(name, { ...spec, wire }));
            }),
        );
        for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
        this.#client = await makeSshClient(this.all);
    }

    async stop(): Promise<void> {
        await Promise.all(this.all.map((machine) => machine.stop()));
        await this.#client?.remove();
        await this.#wire?.remove();
        this.#started.clear();
        this.#client = undefined;
        this.#wire = undefined;
    }
}

/**
 * For all tests of a `describe`: `const machines = useMachines({ left: { address: "10.9.0.15/24" } })`, then `machines.get("left")`
 * and `machines.client` inside a test.
 */
export function useMachines(specs: Readonly<Record<string, MachineSpec>>, hostAddress = "10.9.0.1/24"): Machines {
    const machines = new Machines(specs, hostAddress);
    const names = Object.keys(specs).join(", ");
    before(`start ${names}`, () => machines.start());
    after(`stop ${names}`, () => machines.stop());
    return machines;
}

function made<T>(thing: T | undefined): T {
    if (thing === undefined) throw new Error("There are machines inside of a test only.");
    return thing;
}
