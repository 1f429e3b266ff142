import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { command, commandAt, type Where } from "./kernel";

const intervalMs = 10;

export interface Losses {
    readonly sent: number;
    /** The numbers of the packets that were not answered, the first packet being 1. */
    readonly lost: readonly number[];
    /** Between one reply and the next: while a device has no carrier, ping waits to send, and counts nothing as lost. */
    readonly longestSilenceMs: number;
}

/**
 * Pings every 10 ms while something else happens, and tells which packets were lost meanwhile. The path has to
 * work when it begins: the first reply is waited for.
 */
export async function backgroundPing(from: Where, to: string, work: () => Promise<void>): Promise<Losses> {
    const ping = ["ping", "-n", "-D", "-i", String(intervalMs / 1000), to];
    const [program = "", ...args] = commandAt(from, ping);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const heard = new Promise<void>((resolve) => {
        const listen = (text: string): void => {
            output += text;
            if (output.includes("ttl=")) resolve();
        };
        child.stdout.setEncoding("utf8").on("data", listen);
        child.stderr.setEncoding("utf8").on("data", listen);
    });
    const ended = once(child, "close");
    try {
        await Promise.race([heard, ended, delay(3_000)]);
        if (!output.includes("ttl="))
            throw new Error(`${from ?? "the host"} → ${to}: no reply to begin with\n${output}`);
        await work();
        await delay(5 * intervalMs);
    } finally {
        child.kill("SIGINT");
        await ended;
    }
    return countLosses(output);
}

/** The last packet may have been on its way when ping was stopped. */
export function countLosses(output: string): Losses {
    const [, transmitted] = /^(\d+) packets transmitted/m.exec(output) ?? [];
    if (transmitted === undefined) throw new Error(`ping was not stopped in order:\n${output}`);
    const replies = Array.from(output.matchAll(/^\[([\d.]+)\] \d+ bytes from .*icmp_seq=(\d+)/gm));
    const answered = new Set(wholeNumbers(replies.map(([, , number]) => Number(number))));
    const sent = Number(transmitted);
    const lost: number[] = [];
    for (let number = 1; number < sent; number += 1) {
        if (!answered.has(number)) lost.push(number);
    }
    const times = replies.map(([, time]) => Number(time) * 1000);
    const silences = times.map((time, index) => time - (times[index - 1] ?? time));
    return { sent, lost, longestSilenceMs: Math.round(Math.max(0, ...silences)) };
}

/** A packet's number has 16 bits (RFC 792): behind 65535 comes 0. Replies come in order, but for a few. */
function wholeNumbers(numbers: readonly number[]): number[] {
    let last = 0;
    return numbers.map((number) => {
        const turns = Math.round((last - number) / 65536);
        last = number + turns * 65536;
        return last;
    });
}

/** The time allowed is what a busy machine may keep ping itself waiting; for shorter interruptions see carrierChanges. */
export function assertUninterrupted({ sent, lost, longestSilenceMs }: Losses, allowedMs = 200): void {
    assert.deepEqual(lost, [], `of ${sent} packets some were lost`);
    assert.ok(longestSilenceMs <= allowedMs, `there was no reply for ${longestSilenceMs} ms`);
}

/** How often a device has lost and found its carrier since it was made: does not miss an interruption, be it ever so short. */
export async function carrierChanges(where: Where, device: string): Promise<number> {
    return Number(await command(["cat", `/sys/class/net/${device}/carrier_changes`], { where }));
}

function delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
