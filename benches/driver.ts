import { providerText } from "../model/provider-text";
import type { Provider } from "../provider/dynamic";
import { forgetAll } from "../provider/host/machines";
import { Program } from "../provider/program";
import { providers } from "../tests/support/provider";
import type { Declaration, Topology } from "./topologies";

/** As many at a time as the engine's `--parallel` is by default: four for each core. */
const PARALLEL = 8;
/** As many as `linuxnet destroy` has it take away. */
const PARALLEL_REMOVALS = 32;

interface Known {
    readonly id: string;
    readonly outputs: Record<string, unknown>;
}

/** Does what the engine does with a program, and nothing else of what an engine does. */
export class Driver {
    #program = new Program();
    readonly #state = new Map<string, Known>();

    constructor(private readonly topology: Topology) {}

    #provider({ kind, name }: Declaration): { provider: Provider; text: string } {
        const owner = `bench/test/${name}`;
        return { provider: providers[kind](this.#program, owner), text: providerText(kind, owner) };
    }

    /** Checks and comparisons one after the other, creations and updates side by side. How many were neither the same. */
    async up(): Promise<number> {
        this.#program = new Program();
        forgetAll();
        let changed = 0;
        for (const wave of this.topology.waves) {
            const work: (() => Promise<void>)[] = [];
            for (const one of wave) {
                const { provider, text } = this.#provider(one);
                const known = this.#state.get(one.name);
                const given = Object.fromEntries(Object.entries(one.inputs).filter(([, value]) => value !== undefined));
                const { inputs, failures = [] } = await provider.check(known?.outputs ?? {}, {
                    ...given,
                    __provider: text,
                });
                if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
                if (known === undefined) {
                    work.push(async () => {
                        const { id, outs = {} } = await provider.create(inputs);
                        this.#state.set(one.name, { id, outputs: outs });
                    });
                } else if ((await provider.diff(known.id, known.outputs, inputs)).changes) {
                    work.push(async () => {
                        const { outs = {} } = await provider.update(known.id, known.outputs, inputs);
                        this.#state.set(one.name, { id: known.id, outputs: outs });
                    });
                }
            }
            changed += work.length;
            await sideBySide(work);
        }
        return changed;
    }

    /** How many are no longer as they were. */
    async refresh(): Promise<number> {
        forgetAll();
        let gone = 0;
        const all = this.topology.waves.flat();
        await sideBySide(
            all.map((one) => async () => {
                const known = this.#state.get(one.name);
                const found = known && (await this.#provider(one).provider.read(known.id, known.outputs));
                if (!found?.id) gone++;
            }),
        );
        return gone;
    }

    /** What a namespace takes along is not deleted by itself (deletedWith). */
    async destroy(): Promise<void> {
        forgetAll();
        for (const wave of this.topology.waves.toReversed()) {
            const left = wave.filter(({ inputs }) => inputs["namespace"] === undefined && !isInside(inputs));
            await sideBySide(
                left.map((one) => async () => {
                    const known = this.#state.get(one.name);
                    if (known) await this.#provider(one).provider.delete(known.id, known.outputs);
                }),
                PARALLEL_REMOVALS,
            );
        }
        this.#state.clear();
    }
}

const isInside = (inputs: Declaration["inputs"]): boolean =>
    inputs["leftNamespace"] !== undefined || inputs["rightNamespace"] !== undefined;

async function sideBySide(work: readonly (() => Promise<void>)[], most = PARALLEL): Promise<void> {
    const queue = [...work];
    const lane = async (): Promise<void> => {
        for (let one = queue.shift(); one !== undefined; one = queue.shift()) await one();
    };
    await Promise.all(Array.from({ length: most }, lane));
}
