import { LOCAL } from "../model/place";
import { configureMachines } from "../provider/host/machines";
import { command } from "../tests/support/kernel";
import { bash, batches, batchesByResource, operations, removal } from "./by-hand";
import { Driver } from "./driver";
import { type Contender, finish, median, report, seconds } from "./report";
import { fatTree, linear, star, type Topology, tree } from "./topologies";

/*
 * The provider alone, its methods called as the engine calls them, against what can be done by hand: one `ip -batch` for each
 * namespace, which reads nothing and knows nothing of what is there, and a script that calls `ip` for each line.
 */

const RUNS = Number(process.env.LINUXNET_BENCH_RUNS ?? 5);

const TOPOLOGIES: readonly Topology[] = [
    star(10),
    star(250),
    linear(100),
    fatTree(4),
    fatTree(6),
    fatTree(8),
    tree(2, 32),
];

/** Stars of so many namespaces, for the growth: 11 to 2,002 resources. */
const SIZES = [3, 10, 30, 100, 300, 667];

const shell = (script: string): Promise<string> => command(["bash", "-e"], { input: script, timeoutSeconds: 600 });

/** In the background the kernel ends what has been removed: the next one is not to wait for it. */
async function settled(topology: Topology): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 200 + 2 * topology.waves.flat().length));
}

async function compare(topology: Topology): Promise<void> {
    const [made, batched, single, scripted]: number[][] = [[], [], [], []];
    const [unchanged, refreshed, destroyed, removed]: number[][] = [[], [], [], []];
    for (let run = 0; run < RUNS; run++) {
        const driver = new Driver(topology);
        made?.push(await seconds(() => driver.up()));
        unchanged?.push(await seconds(() => driver.up()));
        refreshed?.push(await seconds(() => driver.refresh()));
        destroyed?.push(await seconds(() => driver.destroy()));
        await settled(topology);
        batched?.push(await seconds(() => shell(batches(topology))));
        removed?.push(await seconds(() => shell(removal(topology))));
        await settled(topology);
        single?.push(await seconds(() => shell(batchesByResource(topology))));
        await shell(removal(topology));
        await settled(topology);
        scripted?.push(await seconds(() => shell(bash(topology))));
        await shell(removal(topology));
        await settled(topology);
    }
    const contenders: Contender[] = [
        { name: "one ip -batch for each namespace", seconds: batched ?? [], counts: { lines: operations(topology) } },
        { name: "the same for each resource by itself", seconds: single ?? [] },
        { name: "linuxnet's provider", seconds: made ?? [], counts: { resources: topology.waves.flat().length } },
        { name: "bash, an ip for each line", seconds: scripted ?? [] },
    ];
    const ratio = median(destroyed ?? []) / median(removed ?? []);
    report(`provider ${topology.title}`, contenders, {
        "up again, nothing to change": `${median(unchanged ?? []).toFixed(2)} s`,
        refresh: `${median(refreshed ?? []).toFixed(2)} s`,
        destroy: `${median(destroyed ?? []).toFixed(2)} s, by hand ${median(removed ?? []).toFixed(2)} s: ${ratio.toFixed(1)} ×`,
        memory: `${Math.round(process.memoryUsage().rss / 1e6)} MB`,
    });
}

/** The slope of a line through the logarithms: 1 is linear. */
function exponent(points: readonly (readonly [number, number])[]): number {
    const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
    const mean = (at: 0 | 1): number => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
    const [x, y] = [mean(0), mean(1)];
    const above = logs.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
    return above / logs.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

async function growth(): Promise<void> {
    const contenders: Contender[] = [];
    const points: (readonly [number, number])[] = [];
    for (const size of SIZES) {
        const topology = star(size);
        const resources = topology.waves.flat().length;
        const times: number[] = [];
        for (let run = 0; run < RUNS; run++) {
            const driver = new Driver(topology);
            times.push(await seconds(() => driver.up()));
            await driver.destroy();
            await settled(topology);
        }
        contenders.push({ name: `${topology.title}, ${resources} resources`, seconds: times });
        points.push([resources, median(times)]);
    }
    report("provider growth", contenders, { exponent: exponent(points).toFixed(2) });
}

async function main(): Promise<void> {
    configureMachines(() => new Map([[LOCAL, { sudo: false }]]));
    const only = process.env.LINUXNET_BENCH_ONLY;
    for (const topology of TOPOLOGIES) if (only === undefined || topology.title === only) await compare(topology);
    if (only === undefined || only === "growth") await growth();
}

finish(main());
