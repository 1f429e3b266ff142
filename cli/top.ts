import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { type Place, placeParts } from "../model/place.js";
import type { DeviceCounters } from "../provider/counters.js";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { type Deployed, readDeployed, telling } from "./deployed.js";
import { type StackOptions, withStackOptions } from "./options.js";
import { ratesBetween } from "./top/rates.js";
import { Screen } from "./top/screen.js";
import { rateJson, rateLines } from "./top/words.js";

interface TopOptions extends StackOptions {
    readonly interval: number;
    readonly count?: number;
    readonly once?: boolean;
    readonly json?: boolean;
}

/** To look takes at most this part of the time: it is done where the traffic is. */
const SHARE = 1 / 4;

/** On a host only what is of the lab; of what is in a namespace and of nobody, what is used. */
function isShown(lab: Deployed, { place, device, received, sent }: DeviceCounters): boolean {
    if (lab.topology.nodes.get(place)?.devices.has(device)) return true;
    const isInside = placeParts(place).namespace !== undefined;
    return isInside && device !== "lo" && received.packets + sent.packets > 0;
}

/** Something that ends by a key, a signal, or because nobody reads it any more. */
function untilStopped(): AbortController {
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
    process.stdout.on("error", stop);
    return stopping;
}

/** Waits; true if that was all, and false if it is to end. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
    sleep(milliseconds, true, { signal }).catch(() => false);

/** What crosses each device of the lab, once a second. */
async function top(names: readonly string[], options: TopOptions): Promise<number> {
    const lab = await readDeployed(options);
    return telling(async () => {
        const places: readonly Place[] = names.length === 0 ? lab.places : names.map((name) => lab.place(name));
        const { readCounters } = await import("../provider/counters.js");
        const stopping = untilStopped();
        const { signal } = stopping;
        const read = async () => {
            const begun = performance.now();
            const { devices, problems } = await readCounters(places);
            const ended = performance.now();
            return { devices: devices.filter((one) => isShown(lab, one)), problems, ended, took: ended - begun };
        };
        let before = await read();
        if (before.devices.length === 0 && before.problems.length > 0) throw new Failure(before.problems.join("\n"));
        const isScreen = process.stdout.isTTY === true && !options.json && !options.once && options.count === undefined;
        const screen = isScreen ? new Screen(() => stopping.abort()) : undefined;
        try {
            screen?.show([`${title(lab)}: looking …`]);
            for (let left = options.once ? 1 : (options.count ?? Number.POSITIVE_INFINITY); left > 0; left--) {
                const wanted = Math.max(options.interval * 1000, before.took / SHARE);
                if (!(await pause(Math.max(0, wanted - before.took), signal))) break;
                const now = await read();
                const seconds = (now.ended - before.ended) / 1000;
                const rates = ratesBetween(before.devices, now.devices, seconds);
                const lines = [...now.problems.flatMap((problem) => problem.split("\n")), ...rateLines(rates)];
                before = now;
                if (screen) screen.show([`${title(lab)}, by ${seconds.toFixed(1)} s; q ends`, ...lines]);
                else if (options.json) console.log(rateJson(rates, new Date(), seconds));
                else console.log([...lines, ...(left > 1 ? [""] : [])].join("\n"));
            }
        } finally {
            screen?.end();
        }
        return 0;
    });
}

const title = ({ stack: { project, stack } }: Deployed): string => `${project}/${stack}`;

/** A number that an option is given. */
const number =
    (least: number, isAllowed: (value: number) => boolean, what: string) =>
    (text: string): number => {
        const value = Number(text);
        if (text.trim() === "" || !isAllowed(value) || value < least) throw new InvalidArgumentError(`It is ${what}.`);
        return value;
    };

export const addTop = (program: Command): Command =>
    withStackOptions(program.command("top"))
        .description("show what crosses each device of the lab, live, the busiest first")
        .argument("[places...]", "only the devices of these namespaces and hosts")
        .option(
            "-i, --interval <seconds>",
            "how often to look; less often where that would take a quarter of the time",
            number(0.1, Number.isFinite, "a number of seconds, 0.1 or more"),
            1,
        )
        .option("-n, --count <number>", "so many times, as plain lines", number(1, Number.isInteger, "a whole number"))
        .option("--once", "once, over one interval")
        .option("--json", "a line for programs each time")
        .action(ending(top))
        .addHelpText(
            "after",
            examples(
                ["linuxnet top", "until q or Ctrl-C"],
                ["linuxnet top ns-router --interval 5", "one namespace, every five seconds"],
                ["linuxnet top --once --json | jq '.devices[0]'", "the busiest device just now"],
            ),
        )
        .addHelpText("after", "\nRX is what a device receives: of a pair, what its other end sends.");
