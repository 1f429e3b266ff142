import assert from "node:assert/strict";
import { run, type Where } from "./kernel";

/** What became of a packet that plain `ping` sent. */
export type Echo =
    | { readonly kind: "reply"; readonly ttl: number; readonly from: string }
    | { readonly kind: "no-reply" }
    | { readonly kind: "unreachable"; readonly text: string; readonly from?: string };

export interface PingOptions {
    /** How long to wait for an answer. */
    readonly timeoutSeconds?: number;
    /** The size of the whole IP packet. */
    readonly packetBytes?: number;
    readonly dontFragment?: boolean;
}

const localRefusal =
    /^ping: (?:(?:connect|sendmsg|local error): )?(.*(?:unreachable|No route|too long|Invalid|not permitted|broadcast|cannot assign).*)$/im;
const reportedRefusal = /^From (\S+?):? icmp_seq=\d+ (.*)$/m;
const reply = /^\d+ bytes from (\S+?):? icmp_seq=\d+ (?:ttl|hop limit)=(\d+)/m;

/** One packet, and what came back. */
export async function ping(from: Where, to: string, options: PingOptions = {}): Promise<Echo> {
    const { stdout, stderr } = await run(["ping", ...pingOptions(to, options), to], { where: from });
    const [, replier, ttl] = reply.exec(stdout) ?? [];
    if (replier !== undefined) return { kind: "reply", ttl: Number(ttl), from: replier };
    const [, reporter, text] = reportedRefusal.exec(stdout) ?? [];
    if (reporter !== undefined && text !== undefined) return { kind: "unreachable", text, from: reporter };
    const refusal = localRefusal.exec(stderr)?.[1];
    if (refusal !== undefined) return { kind: "unreachable", text: refusal };
    if (stderr.trim() !== "" || !stdout.includes(" 0 received")) throw new Error(`ping ${to}: ${stderr}${stdout}`);
    return { kind: "no-reply" };
}

/** A neighbour that has not heard the first question is asked again after a second (arp(7), retrans_time). */
const REPLY_SECONDS = 5;

/** With a ttl, the reply has to have come that way: 64 from a neighbour, one less for each router. */
export async function assertReply(from: Where, to: string, ttl?: number, options: PingOptions = {}): Promise<void> {
    const echo = await ping(from, to, { timeoutSeconds: REPLY_SECONDS, ...options });
    assert.equal(echo.kind, "reply", `${path(from, to)}: a reply was expected, and not ${JSON.stringify(echo)}`);
    if (ttl !== undefined && echo.kind === "reply") {
        assert.equal(echo.ttl, ttl, `${path(from, to)}: the reply has another ttl`);
    }
}

export async function assertNoReply(from: Where, to: string, options: PingOptions = {}): Promise<void> {
    const echo = await ping(from, to, options);
    assert.equal(echo.kind, "no-reply", `${path(from, to)}: silence was expected, and not ${JSON.stringify(echo)}`);
}

/** Somebody has to say so: this machine ("Network is unreachable") or one on the way ("Destination Host Unreachable"). */
export async function assertUnreachable(
    from: Where,
    to: string,
    text: RegExp,
    options: PingOptions = {},
): Promise<void> {
    const echo = await ping(from, to, options);
    assert.equal(
        echo.kind,
        "unreachable",
        `${path(from, to)}: a refusal was expected, and not ${JSON.stringify(echo)}`,
    );
    if (echo.kind === "unreachable") assert.match(echo.text, text);
}

/** Every one reaches every other one. */
export async function assertAllReply(ends: Readonly<Record<string, string>>, ttl?: number): Promise<void> {
    for (const from of Object.keys(ends)) {
        for (const [to, address] of Object.entries(ends)) {
            if (from !== to) await assertReply(from, address, ttl);
        }
    }
}

function pingOptions(to: string, options: PingOptions): readonly string[] {
    const { timeoutSeconds = 1, packetBytes, dontFragment = false } = options;
    const headerBytes = to.includes(":") ? 48 : 28;
    return [
        "-n",
        ...["-c", "1", "-W", String(timeoutSeconds)],
        ...(packetBytes === undefined ? [] : ["-s", String(packetBytes - headerBytes)]),
        ...(dontFragment ? ["-M", "do"] : []),
    ];
}

function path(from: Where, to: string): string {
    return `${from ?? "the host"} → ${to}`;
}
