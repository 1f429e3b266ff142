import { spawn } from "node:child_process";
import { once } from "node:events";

const intervalMs = 10;

export interface Losses {
    readonly sent: number;
    /** The numbers of the packets that were not answered, the first packet being 1. */
    readonly lost: readonly number[];
}

/**
 * Pings from a namespace every 10 ms while something else happens, and tells which packets were lost meanwhile. The path has to
 * work when it begins: the first reply is waited for.
 */
export async function backgroundPing(from: string, to: string, work: () => Promise<void>): Promise<Losses> {
    const child = spawn("ip", ["netns", "exec", from, "ping", "-n", "-i", String(intervalMs / 1000), to], {
        stdio: ["ignore", "pipe", "pipe"],
    });
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
        if (!output.includes("ttl=")) throw new Error(`${from} → ${to}: no reply to begin with\n${output}`);
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
    const answered = new Set(
        Array.from(output.matchAll(/bytes from .*icmp_seq=(\d+)/g), ([, number]) => Number(number)),
    );
    const sent = Number(transmitted);
    const lost: number[] = [];
    for (let number = 1; number < sent; number += 1) {
        if (!answered.has(number)) lost.push(number);
    }
    return { sent, lost };
}

function delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
