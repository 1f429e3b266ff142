import { machinePlace, type Place } from "../model/place";
import { machineAt } from "./host/machines";
import { netnsPath } from "./host/place";
import { READ_COUNTERS } from "./host/query";
import type { Step } from "./host/step";
import { HostProblem } from "./problem";

/** What a device has received and sent since it was made: the columns of proc_net(5), /proc/net/dev. */
export interface Counters {
    readonly bytes: number;
    readonly packets: number;
    readonly errors: number;
    readonly drops: number;
}

export interface DeviceCounters {
    readonly place: Place;
    readonly device: string;
    readonly received: Counters;
    readonly sent: Counters;
}

/** All devices of some places, at one moment of each machine. */
export interface Reading {
    readonly devices: readonly DeviceCounters[];
    /** Machines that have not answered, and why. */
    readonly problems: readonly string[];
}

const LINE = /^\s*(\S+):\s*(\d[\d\s]*)$/;

/** An answer of READ_COUNTERS: `@ 3` before the lines of the fourth place. */
export function parseCounters(answer: string, places: readonly Place[]): DeviceCounters[] {
    let place: Place | undefined;
    return answer.split("\n").flatMap((line) => {
        const at = /^@ (\d+)$/.exec(line)?.[1];
        if (at !== undefined) place = places[Number(at)];
        const [, device, numbers] = LINE.exec(line) ?? [];
        if (place === undefined || device === undefined || numbers === undefined) return [];
        const values = numbers.trim().split(/\s+/).map(Number);
        const take = (from: number): Counters => {
            const [bytes = 0, packets = 0, errors = 0, drops = 0] = values.slice(from);
            return { bytes, packets, errors, drops };
        };
        return [{ place, device, received: take(0), sent: take(8) }];
    });
}

function stepFor(machine: Place, places: readonly Place[]): Step {
    const argv = ["sh", "-c", READ_COUNTERS];
    const input = places.map((place) => netnsPath(place) ?? "");
    return { place: machine, argv, input, mode: "always", mutating: false, describe: ["cat /proc/net/dev"] };
}

/** Reads all places in one exchange with each machine. What is gone has no devices. */
export async function readCounters(places: readonly Place[]): Promise<Reading> {
    const machines = [...new Set(places.map(machinePlace))];
    const readings = await Promise.all(
        machines.map(async (machine): Promise<Reading> => {
            const own = places.filter((place) => machinePlace(place) === machine);
            try {
                const [reply] = await machineAt(machine).session((session) => session.run([stepFor(machine, own)]));
                return { devices: parseCounters(reply?.stdout ?? "", own), problems: [] };
            } catch (error) {
                if (!(error instanceof HostProblem)) throw error;
                return { devices: [], problems: [error.message] };
            }
        }),
    );
    return {
        devices: readings.flatMap(({ devices }) => devices),
        problems: readings.flatMap(({ problems }) => problems),
    };
}
