import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, run } from "../tests/support/kernel";
import { findEngine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { findProgram } from "../toolchain/path.mjs";
import { bash, removal } from "./by-hand";
import { type Contender, finish, median, report, seconds } from "./report";
import { linear, star, type Topology, tree } from "./topologies";

/*
 * A whole `up`, engine included, against the same program with resources that do nothing, and against what else makes such a
 * network: bash, an `ip` for each line, and mininet with Linux bridges where it is installed.
 */

const RUNS = Number(process.env.LINUXNET_BENCH_RUNS ?? 5);

interface Case {
    readonly topology: Topology;
    /** What `mn --topo` calls it, as far as it does. */
    readonly mininet?: string;
}

const CASES: readonly Case[] = [
    { topology: star(3) },
    { topology: linear(50), mininet: "linear,50" },
    { topology: tree(2, 7), mininet: "tree,2,7" },
    { topology: tree(7, 2), mininet: "tree,7,2" },
    { topology: star(250), mininet: "single,250" },
];

const projectFolder = join(__dirname, "..");

/** A copy within the project, which finds the project's packages as an example does. */
class Program {
    private constructor(
        private readonly folder: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {}

    static async make(topology: Topology, isReal: boolean): Promise<Program> {
        const engine = findEngine();
        if (engine === undefined) throw new Error('there is no engine: "npm run setup" gets it');
        await mkdir(join(projectFolder, ".work"), { recursive: true });
        const folder = await mkdtemp(join(projectFolder, ".work", isReal ? "real-" : "nothing-"));
        await cp(join(__dirname, "program"), folder, { recursive: true });
        await mkdir(join(folder, ".state"), { recursive: true });
        const program = new Program(folder, engineEnvironment(engine));
        await program.declare(topology, isReal);
        await program.pulumi("stack", "init", "bench");
        return program;
    }

    /** The program says something else from now on. */
    declare({ waves }: Topology, isReal: boolean): Promise<void> {
        const declared = JSON.stringify({ isReal, declarations: waves.flat() });
        return writeFile(join(this.folder, "topology.json"), declared);
    }

    #call(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
        const options = { folder: this.folder, timeoutSeconds: 1200 };
        return seconds(() => command(argv, { ...options, environment: { ...this.environment, ...environment } }));
    }

    /** Without the checkpoints that make the file backend slow whatever the resources do. */
    pulumi(...args: readonly string[]): Promise<number> {
        return this.#call(["pulumi", ...args, "--non-interactive"], { PULUMI_SKIP_CHECKPOINTS: "true" });
    }

    linuxnet(...args: readonly string[]): Promise<number> {
        return this.#call([process.execPath, join(projectFolder, "dist", "cli", "main.js"), ...args]);
    }

    remove(): Promise<void> {
        return rm(this.folder, { recursive: true });
    }
}

/** Times of what is done in a run, by its name. */
class Times {
    readonly #times = new Map<string, number[]>();

    async note(name: string, work: Promise<number>): Promise<void> {
        this.#times.set(name, [...(this.#times.get(name) ?? []), await work]);
    }

    of(name: string): readonly number[] {
        return this.#times.get(name) ?? [];
    }

    median(name: string): string {
        return `${median(this.of(name)).toFixed(2)} s`;
    }

    contender(name: string): Contender {
        return { name, seconds: this.of(name) };
    }

    /** Of each run, what two of its parts took together. */
    sum(name: string, one: string, other: string): void {
        this.#times.set(
            name,
            this.of(one).map((value, at) => value + (this.of(other)[at] ?? 0)),
        );
    }
}

const NOTHING = "resources that do nothing: linuxnet up";
const REAL = "linuxnet up";
const PLAIN_NOTHING = "resources that do nothing: pulumi up";
const PLAIN = "pulumi up";
const BASH = "bash, an ip for each line";
const REBUILT = "bash, torn down and built again";
const BOTH = "linuxnet up, then destroy";
const MININET = "mininet, Linux bridges: start and stop";

const up = ["up", "--yes"];

/** The kernel ends what has been removed in the background: until then its names are taken. */
const GONE = 'until [ -z "$(ip -o link show type veth)" ]; do sleep 0.01; done';

/** The same with another address at the first end of the first cable that has one. */
function withOneChange(topology: Topology): Topology {
    let isDone = false;
    const changed = topology.waves.map((wave) =>
        wave.map((one) => {
            if (isDone || one.inputs["leftAddresses"] === undefined) return one;
            isDone = true;
            return { ...one, inputs: { ...one.inputs, leftAddresses: "10.77.0.7/8" } };
        }),
    );
    return { ...topology, waves: changed };
}

async function byMininet(topo: string): Promise<number> {
    const mn = ["mn", "--switch", "lxbr", "--controller", "none", "--topo", topo, "--test", "none"];
    const { stderr } = await run(mn, { timeoutSeconds: 600 });
    const total = /completed in ([\d.]+) seconds/.exec(stderr)?.[1];
    if (total === undefined) throw new Error(`${mn.join(" ")}: ${stderr}`);
    return Number(total);
}

async function compare({ topology, mininet }: Case, hasMininet: boolean): Promise<void> {
    const times = new Times();
    const [real, nothing] = [await Program.make(topology, true), await Program.make(topology, false)];
    const shell = (script: string) => command(["bash", "-e"], { input: script, timeoutSeconds: 600 });
    for (let at = 0; at < RUNS; at++) {
        for (const [program, ours, plain] of [
            [nothing, NOTHING, PLAIN_NOTHING],
            [real, REAL, PLAIN],
        ] as const) {
            await times.note(plain, program.pulumi(...up));
            await program.linuxnet("destroy", "--yes");
            await times.note(ours, program.linuxnet(...up));
            await times.note(`${ours}, nothing to change`, program.linuxnet(...up));
            await program.declare(withOneChange(topology), ours === REAL);
            await times.note(`${ours}, one address`, program.linuxnet(...up));
            await program.declare(topology, ours === REAL);
            await times.note(`${ours}, refresh`, program.linuxnet("refresh", "--yes"));
            await times.note(`${ours}, destroy`, program.linuxnet("destroy", "--yes"));
        }
        await times.note(
            BASH,
            seconds(() => shell(bash(topology))),
        );
        await times.note(
            REBUILT,
            seconds(() => shell([removal(topology), GONE, bash(topology)].join("\n"))),
        );
        await shell(removal(topology));
        if (mininet !== undefined && hasMininet) await times.note(MININET, byMininet(mininet));
    }
    await Promise.all([real.remove(), nothing.remove()]);
    times.sum(BOTH, REAL, `${REAL}, destroy`);
    const others = times.of(MININET).length > 0 ? [BOTH, MININET] : [];
    const names = [NOTHING, REAL, PLAIN_NOTHING, PLAIN, BASH, REBUILT, ...others];
    const later = ["nothing to change", "one address", "refresh", "destroy"].map((what) => {
        const [ours, floor] = [`${REAL}, ${what}`, `${NOTHING}, ${what}`];
        const ratio = median(times.of(ours)) / median(times.of(floor));
        return [what, `${times.median(ours)}, resources that do nothing ${times.median(floor)}: ${ratio.toFixed(2)} ×`];
    });
    const resources = topology.waves.flat().length;
    const contenders = names.map((name) => times.contender(name));
    report(`up ${topology.title}`, contenders, { resources, ...Object.fromEntries(later) });
}

async function main(): Promise<void> {
    const only = process.env.LINUXNET_BENCH_ONLY;
    const hasMininet = findProgram("mn") !== undefined;
    if (!hasMininet) console.log("mininet is not installed (Debian's package mininet): it is not measured");
    for (const one of CASES) {
        if (only === undefined || one.topology.title === only) await compare(one, hasMininet);
    }
}

finish(main());
