import assert from "node:assert/strict";
import fc from "fast-check";
import { CONNECTION_KEYS, type Connection, ConnectionProblem, parseConnections } from "../../model/connection";

const RUNS = { numRuns: 1000 };
const SSH_EXPECTED = '"local" or "ssh://user@host:port", user and port as ssh itself finds them if left out';

const parse = (given: unknown, name = "left"): Connection | undefined => parseConnections({ [name]: given }).get(name);
/** The target of a connection, without what is not said of it. */
const target = (connection: string) => {
    const ssh = parse({ connection })?.ssh;
    return ssh && Object.fromEntries(Object.entries(ssh).filter(([, value]) => value !== undefined));
};

/** What is wrong with the hosts of a configuration, as its reader is told. */
function problem(hosts: unknown): string {
    try {
        parseConnections(hosts);
    } catch (error) {
        assert.ok(error instanceof ConnectionProblem, `not a message for people: ${error}`);
        return error.message;
    }
    return "accepted";
}
const problemOf = (given: unknown, name = "left"): string => problem({ [name]: given });
const problemOfUrl = (connection: unknown): string => problemOf({ connection });
const refusal = (key: string, given: unknown, expected: string): string =>
    `linuxnet:hosts.left.${key}: given ${JSON.stringify(given)}\nexpected ${expected}`;
const refusedUrl = (connection: unknown): string => refusal("connection", connection, SSH_EXPECTED);

describe("how a machine is reached", () => {
    it("is as it is for this machine, which is always there", () => {
        assert.deepEqual([...parseConnections(undefined)], [["local", { sudo: false }]]);
        assert.deepEqual([...parseConnections({})], [["local", { sudo: false }]]);
        assert.deepEqual([...parseConnections({ left: { connection: "ssh://left" } }).keys()], ["local", "left"]);
    });

    it("may be watched: by a number or a text, and an address that is to be reached", () => {
        const connection = "ssh://left";
        assert.equal(parse({ connection })?.rollback, undefined);
        assert.deepEqual(parse({ connection, rollbackSeconds: 30 })?.rollback, { seconds: 30, reaches: undefined });
        const watched = { rollbackSeconds: "30", rollbackReaches: "192.0.2.1" };
        assert.deepEqual(parse({ connection, ...watched })?.rollback, { seconds: 30, reaches: "192.0.2.1" });
        assert.deepEqual(parse(watched, "local"), { sudo: false, rollback: { seconds: 30, reaches: "192.0.2.1" } });
        const [time, address] = ["a whole number of seconds from 5 to 3600", "an address, without a prefix length"];
        for (const given of [4, 3601, 7.5, "soon", "-5", true])
            assert.equal(problemOf({ connection, rollbackSeconds: given }), refusal("rollbackSeconds", given, time));
        for (const given of ["192.0.2.1/24", "-f", "left", ""])
            assert.equal(
                problemOf({ connection, rollbackSeconds: 9, rollbackReaches: given }),
                refusal("rollbackReaches", given, address),
            );
        assert.match(problemOf({ connection, rollbackReaches: "192.0.2.1" }), /rollbackSeconds: given undefined/);
        assert.match(
            problemOf({ rollbackSeconds: 9 }, "local"),
            /rollbackReaches: given undefined\nexpected .* nothing else tells/,
        );
    });

    it("may be by sudo, on this machine too", () => {
        assert.deepEqual(parse({ sudo: true }, "local"), { sudo: true });
        assert.deepEqual(parse({ connection: "local", sudo: true }, "local"), { sudo: true });
        assert.deepEqual(parse({ connection: "local", sudo: true }), { sudo: true });
        assert.deepEqual(parse({}, "local"), { sudo: false });
        assert.equal(parse({ connection: "ssh://left", sudo: true })?.sudo, true);
        assert.equal(parse({ connection: "ssh://left" })?.sudo, false);
    });

    for (const [connection, found] of [
        ["ssh://left", { host: "left" }],
        ["ssh://left/", { host: "left" }],
        ["ssh://root@left", { host: "left", user: "root" }],
        ["ssh://root@left:22", { host: "left", user: "root", port: 22 }],
        ["ssh://left:2222", { host: "left", port: 2222 }],
        ["ssh://left:1", { host: "left", port: 1 }],
        ["ssh://left:65535/", { host: "left", port: 65535 }],
        ["ssh://a.b-c_d.example.org", { host: "a.b-c_d.example.org" }],
        ["ssh://192.0.2.1", { host: "192.0.2.1" }],
        ["ssh://_a.b-c1@192.0.2.1:22", { host: "192.0.2.1", user: "_a.b-c1", port: 22 }],
        ["ssh://[2001:db8::1]", { host: "2001:db8::1" }],
        ["ssh://[::ffff:192.0.2.1]:22", { host: "::ffff:192.0.2.1", port: 22 }],
        ["ssh://root@[fe80::1%eth0.1]:2222/", { host: "fe80::1%eth0.1", user: "root", port: 2222 }],
    ] as const) {
        it(`is read from ${connection}`, () => {
            assert.deepEqual(target(connection), { ...found, acceptNewHostKey: false });
        });
    }

    it("is told with its files and the way to treat keys", () => {
        const files = { identityFile: "~/.ssh/id lab", knownHostsFile: "/etc/ssh/known%hosts" };
        assert.deepEqual(parse({ connection: "ssh://left", ...files, acceptNewHostKey: true })?.ssh, {
            host: "left",
            user: undefined,
            port: undefined,
            ...files,
            acceptNewHostKey: true,
        });
    });

    it("is true or false as text as well: the engine's command line writes either", () => {
        for (const key of ["sudo", "acceptNewHostKey"]) {
            for (const [given, found] of [
                ["true", true],
                ["false", false],
                [true, true],
                [false, false],
            ] as const) {
                const { sudo, ssh } = parse({ connection: "ssh://left", [key]: given }) ?? {};
                assert.equal(key === "sudo" ? sudo : ssh?.acceptNewHostKey, found);
            }
        }
    });
});

describe("a way to reach a machine that is none", () => {
    const urls = [
        ...["", " ", "left", "root@left", "ssh:left", "ssh:/left", "ssh://", "ssh:///", "SSH://left", "ssh ://left"],
        ...["http://left", "Local", " local", "local ", "ssh://left ", " ssh://left", "ssh://left/x", "ssh://left?x"],
        ...["ssh://left#x", "ssh://left//", "ssh://root:secret@left", "ssh://@left", "ssh://a@b@left", "ssh://root@"],
        // Ports.
        ...["ssh://left:", "ssh://left:0", "ssh://left:65536", "ssh://left:99999", "ssh://left:-1", "ssh://left:+1"],
        ...[
            "ssh://left:22x",
            "ssh://left:2 2",
            "ssh://left:000022",
            "ssh://left:1e3",
            "ssh://left:ssh",
            "ssh://left:٢",
        ],
        // What ssh would take for an option.
        ...["ssh://-left", "ssh://-oProxyCommand=sh", "ssh://-oProxyCommand=touch%20x", "ssh://root@-oProxyCommand=x"],
        ...["ssh://-oProxyCommand=x@left", "ssh://-l@left", "ssh://left:-oProxyCommand=x", "ssh://[-oProxyCommand=x]"],
        ...["-oProxyCommand=x", "ssh://[fe80::1%-oProxyCommand=x]", "ssh://--", "ssh://-@-"],
        // What a shell would take for more than a word.
        ...[
            ";",
            "&",
            "|",
            "$",
            "`",
            "(",
            ")",
            "<",
            ">",
            "'",
            '"',
            "\\",
            "*",
            "?",
            "~",
            "!",
            "{",
            "}",
            "=",
            ",",
        ].flatMap((character) => [`ssh://ro${character}ot@left`, `ssh://root@le${character}ft`, `ssh://${character}`]),
        ...["ssh://$(id)@left", "ssh://root@left$(id)", "ssh://root@`id`", "ssh://root @left", "ssh://root@le ft"],
        // More than a line.
        ...[
            "ssh://left\n",
            "\nssh://left",
            "ssh://ro\not@left",
            "ssh://left\r",
            "ssh://left:22\n",
            "ssh://left\n-oX",
            "local\n",
        ],
        ...["ssh://left\0", "ssh://le\0ft", "ssh://left\t"],
        // Addresses.
        ...[
            "ssh://2001:db8::1",
            "ssh://[2001:db8::1",
            "ssh://2001:db8::1]",
            "ssh://[]",
            "ssh://[left]",
            "ssh://[::1]x",
        ],
        ...[
            "ssh://[::1%]",
            "ssh://[::1%et h0]",
            "ssh://[::1]22",
            "ssh://[::1]:0",
            "ssh://[::1]:65536",
            "ssh://[[::1]]",
        ],
        // Names that no resolver has.
        ...["ssh://.left", "ssh://_left", "ssh://lëft", "ssh://root@"],
    ];
    it("is any of these", () => {
        assert.deepEqual(
            urls.filter((url) => problemOfUrl(url) !== refusedUrl(url)),
            [],
        );
    });

    it("is another word for this machine's", () => {
        assert.equal(
            problemOf({ connection: "ssh://left" }, "local"),
            'linuxnet:hosts.local.connection: given "ssh://left"\nexpected "local": it is the name of this machine',
        );
    });

    it("is not said at all", () => {
        assert.equal(
            problemOf({ sudo: true }),
            `linuxnet:hosts.left.connection: given undefined\nexpected ${SSH_EXPECTED}`,
        );
        assert.equal(problemOf({}), `linuxnet:hosts.left.connection: given undefined\nexpected ${SSH_EXPECTED}`);
    });

    it("is no text", () => {
        for (const connection of [5, true, null, {}, [], ["ssh://left"], { host: "left" }]) {
            assert.equal(problemOfUrl(connection), refusedUrl(connection));
        }
    });

    it("has a key that there is not, be it one that any object has", () => {
        const keys = ["user", "port", "host", "Connection", "proxyCommand", "identityfile", "", "0", "-oX"];
        for (const key of [...keys, "constructor", "toString", "hasOwnProperty", "valueOf"]) {
            assert.equal(
                problemOf({ connection: "ssh://left", [key]: "x" }),
                refusal(key, "x", `one of ${CONNECTION_KEYS.join(", ")}`),
            );
        }
        const parsed = JSON.parse('{"connection": "ssh://left", "__proto__": {"sudo": true}}');
        assert.equal(problemOf(parsed), refusal("__proto__", { sudo: true }, `one of ${CONNECTION_KEYS.join(", ")}`));
    });

    for (const key of ["sudo", "acceptNewHostKey"]) {
        it(`has a ${key} that is neither true nor false`, () => {
            for (const given of ["yes", "TRUE", "true ", "", 1, 0, null, {}, []]) {
                const found = problemOf({ connection: "ssh://left", [key]: given });
                assert.equal(found, refusal(key, given, "true or false"));
            }
        });
    }

    for (const key of ["identityFile", "knownHostsFile"]) {
        it(`has a ${key} that cannot be told to ssh, or is none`, () => {
            const texts = [
                "",
                'a"b',
                '"',
                "a\\b",
                "a\nb",
                "a\r",
                "\n",
                "a\0b",
                "/k\n-oProxyCommand=x",
                '" -oProxyCommand=x',
            ];
            for (const given of [...texts, 5, true, null, {}, ["/key"]]) {
                const found = problemOf({ connection: "ssh://left", [key]: given });
                assert.equal(found, refusal(key, given, "the path of a file"));
            }
        });
    }

    it("is no object", () => {
        const text = (given: unknown) =>
            `linuxnet:hosts.left: given ${JSON.stringify(given)}\n` +
            "expected an object with connection, sudo, identityFile, knownHostsFile, acceptNewHostKey, rollbackSeconds, rollbackReaches\n" +
            `pulumi config set --path linuxnet:hosts.left.connection ${typeof given === "string" ? given : "ssh://root@192.0.2.1"}`;
        for (const given of ["ssh://root@left", "local", 5, null, true, [], ["ssh://left"]]) {
            assert.equal(problemOf(given), text(given));
        }
        assert.equal(problemOf([], "local"), text([]).replaceAll("hosts.left", "hosts.local"));
    });

    it("has a name that no host can have", () => {
        for (const name of [
            "",
            "1",
            "-left",
            "a/b",
            "a:b",
            "a b",
            ".a",
            "x".repeat(64),
            "ä",
            "a\n",
            "-oProxyCommand=x",
        ]) {
            assert.equal(
                problemOf({ connection: "ssh://left" }, name),
                `linuxnet:hosts: given a host named ${JSON.stringify(name)}\n` +
                    "expected 1 to 63 of letters, digits, _ . -, beginning with a letter or _",
            );
        }
    });

    it("is among hosts that are no object", () => {
        for (const hosts of ["left", 5, null, true, [], [{ connection: "ssh://left" }]]) {
            const [first = "", ...rest] = problem(hosts).split("\n");
            assert.equal(first, `linuxnet:hosts: given ${JSON.stringify(hosts)}`);
            assert.deepEqual(rest, [
                "expected an object with a connection for each host, for example by",
                "pulumi config set --path linuxnet:hosts.left.connection ssh://root@192.0.2.1",
            ]);
        }
    });
});

describe("whatever is given for a connection", () => {
    const part = fc.oneof(
        fc.string({ unit: "binary-ascii", maxLength: 12 }),
        fc.constantFrom(
            "left",
            "root",
            "22",
            "::1",
            "[::1]",
            "-oProxyCommand=x",
            "@",
            ":",
            "[",
            "]",
            "%eth0",
            "\n",
            "$(id)",
        ),
    );
    const url = fc.array(part, { maxLength: 5 }).map((parts) => `ssh://${parts.join("")}`);

    it("is told ssh in words that are no options, and never stop being one word", () => {
        let accepted = 0;
        fc.assert(
            fc.property(url, (connection) => {
                if (problemOfUrl(connection) !== "accepted") return;
                accepted++;
                const { host = "", user = "root", port = 22 } = parse({ connection })?.ssh ?? {};
                assert.match(host, /^[A-Za-z0-9:][A-Za-z0-9:._%-]*$/);
                assert.match(user, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
                assert.ok(Number.isInteger(port) && port >= 1 && port <= 65535);
            }),
            { numRuns: 5000 },
        );
        assert.ok(accepted > 50, `only ${accepted} have been accepted`);
    });

    it("is accepted or refused, in words for people", () => {
        fc.assert(
            fc.property(fc.anything(), fc.string(), (given, key) => {
                assert.equal(typeof problemOf(given), "string");
                assert.equal(typeof problemOf({ connection: given }), "string");
                assert.equal(typeof problemOf({ connection: "ssh://left", [key]: given }), "string");
                assert.equal(typeof problem(given), "string");
            }),
            RUNS,
        );
    });
});
