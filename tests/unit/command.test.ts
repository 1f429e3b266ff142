import assert from "node:assert/strict";
import fc from "fast-check";
import { HOST } from "../../model/place";
import { ip, setting, type ToolCommand, describe as typed } from "../../provider/host/command";

describe("a line for ip", () => {
    it("is made of words", () => {
        assert.deepEqual(ip("ns1", "link", "set", "dev", "br0", "mtu", 1500), {
            kind: "ip",
            place: "ns1",
            line: "link set dev br0 mtu 1500",
        });
    });

    it("takes what names, addresses and tags are made of", () => {
        const words = ["eth0.100", "A_b-c", "10.0.0.1/24", "fd00::1/64", "linuxnet:a/b/c%20d@e+f=g,h~i", "0"];
        assert.equal(ip(HOST, ...words).line, words.join(" "));
    });

    it("has as many words as it was made of, or is refused", () => {
        fc.assert(
            fc.property(
                fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.:/]+$/)), { minLength: 1 }),
                (words) => {
                    const isPlain = words.every((word) => /^[\w.:/@%+=,~-]+$/.test(word));
                    if (isPlain) assert.deepEqual(ip(HOST, ...words).line.split(/\s+/), words);
                    else assert.throws(() => ip(HOST, ...words), /^Error: not a word for ip: "/);
                },
            ),
            { numRuns: 1000 },
        );
    });

    for (const word of [
        "",
        " ",
        "a b",
        "a\tb",
        "a\nlink del dev eth0",
        "#a",
        "'a'",
        '"a"',
        "a\\",
        "a;b",
        "$(a)",
        "`a`",
        "a|b",
        "a>b",
        "a*",
        "ä",
    ]) {
        it(`has no word ${JSON.stringify(word)}`, () => {
            assert.throws(() => ip(HOST, "link", word), { message: `not a word for ip: ${JSON.stringify(word)}` });
        });
    }
});

describe("a command, for a person", () => {
    const tool: ToolCommand = { kind: "tool", place: "ns1", argv: ["sh", "-c", "x"], text: "as it is" };
    const texts: readonly [Parameters<typeof typed>[0], string][] = [
        [ip(HOST, "link", "set", "dev", "br0", "up"), "ip link set dev br0 up"],
        [ip("ns1", "addr", "add", "10.0.0.1/24"), "ip -n ns1 addr add 10.0.0.1/24"],
        [setting(HOST, "net/ipv4/ip_forward", "1"), "sysctl -w net.ipv4.ip_forward=1"],
        [
            setting("ns1", "-net/ipv6/conf/br0/accept_dad", "0"),
            "ip netns exec ns1 sysctl -w net.ipv6.conf.br0.accept_dad=0",
        ],
        [setting(HOST, "net/ipv4/conf/eth0.100/forwarding", "1"), "sysctl -w net/ipv4/conf/eth0.100/forwarding=1"],
        [{ kind: "file", place: HOST, path: "/run/x.json", content: "{}" }, "write /run/x.json"],
        [{ kind: "file", place: HOST, path: "/run/x.json", content: "" }, "write /run/x.json"],
        [{ kind: "file", place: HOST, path: "/run/x.json", content: undefined }, "rm /run/x.json"],
        [tool, "as it is"],
    ];
    for (const [command, text] of texts) it(`is: ${text}`, () => assert.equal(typed(command), text));
});
