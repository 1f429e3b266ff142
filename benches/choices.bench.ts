import { command } from "../tests/support/kernel";
import { type Contender, finish, report, seconds } from "./report";

/*
 * What the provider does, with and without: each choice by plain commands, on a hub of as many links as there are, so that what is
 * measured is the choice and nothing else.
 */

const RUNS = Number(process.env.LINUXNET_BENCH_RUNS ?? 5);
const LINKS = 1000;
/** So many resources of the hub are read one by one. */
const READ = 50;

const shell = (lines: readonly string[]): Promise<string> =>
    command(["bash", "-e"], { input: lines.join("\n"), timeoutSeconds: 600 });

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const batch = (lines: readonly string[]): string => `ip -batch - <<'EOF'\n${lines.join("\n")}\nEOF`;

/** A switch in the machine's own namespace, and so many cables that end in it. */
const hub = (links: number): string[] => [
    batch([
        "link add name hub type bridge",
        ...numbers(links).map((at) => `link add name p${at} group 7 type veth peer name q${at} group 7`),
        ...numbers(links).map((at) => `link set dev p${at} master hub up`),
    ]),
];

async function timesOf(work: () => Promise<unknown>, before: readonly string[], after: readonly string[]) {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) {
        await shell(before);
        times.push(await seconds(work));
        await shell(after);
    }
    return times;
}

async function removal(): Promise<void> {
    const links = 250;
    const gone = ["ip link del hub", "sleep 0.5"];
    const contenders: Contender[] = [
        {
            name: "by their group, in one command",
            seconds: await timesOf(() => shell(["ip link del group 7"]), hub(links), gone),
        },
        {
            name: "link by link, in one ip -batch",
            seconds: await timesOf(
                () => shell([batch(numbers(links).map((at) => `link del dev p${at}`))]),
                hub(links),
                gone,
            ),
        },
    ];
    report("choices removal", contenders, { links });
}

async function reading(): Promise<void> {
    const ask = (words: (at: number) => string) => () =>
        shell(numbers(READ).map((at) => `ip -j -d ${words(at)} >/dev/null`));
    const end = ["ip link del group 7", "ip link del hub", "sleep 0.5"];
    const contenders: Contender[] = [
        {
            name: "the device alone",
            seconds: await timesOf(
                ask((at) => `addr show dev p${at}`),
                hub(LINKS),
                end,
            ),
        },
        {
            name: "its whole namespace",
            seconds: await timesOf(
                ask(() => "addr show"),
                hub(LINKS),
                end,
            ),
        },
    ];
    report("choices reading", contenders, { "links in the hub": LINKS, read: READ });
}

async function batching(): Promise<void> {
    const names = numbers(100);
    const lines = (at: number): string[] => [
        `link add name a${at} group 7 type veth peer name b${at} group 7`,
        `addr add 10.0.${at}.1/24 dev a${at}`,
        `addr add fd00:${at}::1/64 dev a${at} nodad`,
        `link set dev a${at} up`,
        `link set dev b${at} up`,
    ];
    const end = ["ip link del group 7", "sleep 0.5"];
    const contenders: Contender[] = [
        {
            name: "one ip -batch for each cable",
            seconds: await timesOf(() => shell(names.map((at) => batch(lines(at)))), [], end),
        },
        {
            name: "one ip for each line",
            seconds: await timesOf(() => shell(names.flatMap(lines).map((line) => `ip ${line}`)), [], end),
        },
        {
            name: "one ip -batch for all of them",
            seconds: await timesOf(() => shell([batch(names.flatMap(lines))]), [], end),
        },
    ];
    report("choices batching", contenders, { cables: names.length });
}

async function main(): Promise<void> {
    await removal();
    await reading();
    await batching();
}

finish(main());
