import * as v from "valibot";
import { isMachineName } from "./name";
import { LOCAL } from "./place";
import { AddressProblem, parseAddress } from "./prefix";
import { quote } from "./quote";

/** How a machine is reached: as root or by sudo, directly or by ssh(1). */
export interface Connection {
    /** Absent for this machine. */
    readonly ssh?: SshTarget | undefined;
    readonly sudo: boolean;
    readonly rollback?: Rollback | undefined;
}

/** When a machine puts its own network back by itself: a change may have cut it off. */
export interface Rollback {
    /** After so many seconds without a sign that it is still reached. */
    readonly seconds: number;
    /** An address that the machine itself has to reach, for that sign to count. */
    readonly reaches?: string | undefined;
}

export interface SshTarget {
    /** A name of the user's ssh configuration, a host's name, or an address. */
    readonly host: string;
    readonly user?: string | undefined;
    readonly port?: number | undefined;
    readonly identityFile?: string | undefined;
    readonly knownHostsFile?: string | undefined;
    /** A host key that is not known yet is accepted and remembered; one that has changed never is. */
    readonly acceptNewHostKey: boolean;
}

/** A mistake in `linuxnet:hosts`; the message is for people. */
export class ConnectionProblem extends Error {}

export const CONNECTION_KEYS = [
    "connection",
    "sudo",
    "identityFile",
    "knownHostsFile",
    "acceptNewHostKey",
    "rollbackSeconds",
    "rollbackReaches",
] as const;

const CONNECTION_EXPECTED = '"local" or "ssh://user@host:port", user and port as ssh itself finds them if left out';

function isAddress(text: string): boolean {
    try {
        return parseAddress(text).address !== "";
    } catch (error) {
        if (error instanceof AddressProblem) return false;
        throw error;
    }
}

/** `pulumi config set` writes true as it is in one version and as a text in another. */
const flag = v.union([
    v.boolean(),
    v.pipe(
        v.picklist(["true", "false"]),
        v.transform((text) => text === "true"),
    ),
]);

/** As a number, or as a text, as with a flag. */
const seconds = v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]),
    v.integer(),
    v.minValue(5),
    v.maxValue(3600),
);

const host = v.pipe(v.string(), v.check(isAddress));

/** Neither a quote, which ssh would end the path at, nor a control character. */
const file = v.pipe(v.string(), v.regex(/^[^"\\\p{Cc}]+$/u));

const entries = {
    connection: v.optional(v.string()),
    sudo: v.optional(flag, false),
    identityFile: v.optional(file),
    knownHostsFile: v.optional(file),
    acceptNewHostKey: v.optional(flag, false),
    rollbackSeconds: v.optional(seconds),
    rollbackReaches: v.optional(host),
};

const EXPECTED: Readonly<Record<keyof typeof entries, string>> = {
    connection: CONNECTION_EXPECTED,
    sudo: "true or false",
    identityFile: "the path of a file",
    knownHostsFile: "the path of a file",
    acceptNewHostKey: "true or false",
    rollbackSeconds: "a whole number of seconds from 5 to 3600",
    rollbackReaches: "an address, without a prefix length",
};

/** Not what every object has: `constructor`. */
const isKey = (key: string): key is keyof typeof entries => Object.hasOwn(entries, key);

/** Nothing in it may begin with `-`: ssh would take it for an option. */
const SSH =
    /^ssh:\/\/(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\])(?::(\d{1,5}))?\/?$/;

function parseUrl(name: string, connection: string): Pick<SshTarget, "host" | "user" | "port"> {
    const [, user, host = "", digits] = SSH.exec(connection) ?? [];
    const port = digits === undefined ? undefined : Number(digits);
    if (host === "" || (port !== undefined && (port < 1 || port > 65535))) {
        throw problem(name, "connection", connection, CONNECTION_EXPECTED);
    }
    return { user, host: host.replace(/^\[|\]$/g, ""), port };
}

const problem = (name: string, key: string, given: unknown, expected: string): ConnectionProblem =>
    new ConnectionProblem(`linuxnet:hosts.${name}.${key}: given ${quote(given)}\nexpected ${expected}`);

function parseConnection(name: string, given: unknown): Connection {
    if (!isMachineName(name)) {
        const expected = "1 to 63 of letters, digits, _ . -, beginning with a letter or _";
        throw new ConnectionProblem(`linuxnet:hosts: given a host named ${quote(name)}\nexpected ${expected}`);
    }
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
        const meant = typeof given === "string" ? given : "ssh://root@192.0.2.1";
        const line = `pulumi config set --path linuxnet:hosts.${name}.connection ${meant}`;
        const words = `linuxnet:hosts.${name}: given ${quote(given)}`;
        throw new ConnectionProblem(`${words}\nexpected an object with ${CONNECTION_KEYS.join(", ")}\n${line}`);
    }
    for (const [key, value] of Object.entries(given)) {
        if (!isKey(key)) throw problem(name, key, value, `one of ${CONNECTION_KEYS.join(", ")}`);
        if (!v.safeParse(entries[key], value).success) throw problem(name, key, value, EXPECTED[key]);
    }
    const { connection, sudo, rollbackSeconds, rollbackReaches, ...files } = v.parse(v.object(entries), given);
    if (connection === undefined && name !== LOCAL) throw problem(name, "connection", undefined, CONNECTION_EXPECTED);
    const isHere = connection === undefined || connection === "local";
    if (rollbackReaches !== undefined && rollbackSeconds === undefined) {
        throw problem(name, "rollbackSeconds", undefined, EXPECTED.rollbackSeconds);
    }
    if (isHere && rollbackSeconds !== undefined && rollbackReaches === undefined) {
        const expected = `${EXPECTED.rollbackReaches}: nothing else tells that this machine is still reached`;
        throw problem(name, "rollbackReaches", undefined, expected);
    }
    const rollback = rollbackSeconds === undefined ? undefined : { seconds: rollbackSeconds, reaches: rollbackReaches };
    if (isHere) return { sudo, ...(rollback ? { rollback } : {}) };
    if (name === LOCAL) throw problem(name, "connection", connection, '"local": it is the name of this machine');
    return { sudo, ssh: { ...parseUrl(name, connection), ...files }, ...(rollback ? { rollback } : {}) };
}

/** The machines of `linuxnet:hosts`, by name. This one is always among them. */
export function parseConnections(hosts: unknown): ReadonlyMap<string, Connection> {
    if (hosts !== undefined && (typeof hosts !== "object" || hosts === null || Array.isArray(hosts))) {
        const words = `linuxnet:hosts: given ${quote(hosts)}\nexpected an object with a connection for each host`;
        const line = "pulumi config set --path linuxnet:hosts.left.connection ssh://root@192.0.2.1";
        throw new ConnectionProblem(`${words}, for example by\n${line}`);
    }
    const found = Object.entries(hosts ?? {}).map(([name, given]): [string, Connection] => [
        name,
        parseConnection(name, given),
    ]);
    return new Map([[LOCAL, { sudo: false }], ...found]);
}
