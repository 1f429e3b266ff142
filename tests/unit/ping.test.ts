import assert from "node:assert/strict";
import { headerBytes, type ReachabilitySpec, reachabilityMistakes } from "../../model/reachability";
import type { Reply } from "../../provider/host/step";
import { type PingResult, pingStep, readPing } from "../../provider/ping";

const step = pingStep({ to: "10.2.0.2" });
const read = (stdout: string, stderr = "", code = 1): PingResult =>
    readPing({ step, code, skipped: false, stdout, stderr } satisfies Reply);

/** A packet's way through ping of iputils 20221126, up to the statistics. */
const output = (to: string, line: string): string => {
    const head = to.includes(":") ? `PING ${to}(${to}) 56 data bytes` : `PING ${to} (${to}) 56(84) bytes of data.`;
    const errors = line.startsWith("From") ? "+1 errors, " : "";
    const tail = `--- ${to} ping statistics ---\n1 packets transmitted, 0 received, ${errors}100% packet loss, time 0ms\n`;
    return `${head}\n${line}${line === "" ? "" : "\n"}\n${tail}\n`;
};

const unreachable = (text: string): PingResult => ({ outcome: "unreachable", text });

describe("what ping says", () => {
    it("is a reply, with its ttl", () => {
        const ipv4 =
            "PING 10.1.0.1 (10.1.0.1) 56(84) bytes of data.\n64 bytes from 10.1.0.1: icmp_seq=1 ttl=63 time=0.030 ms\n\n" +
            "--- 10.1.0.1 ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 0.030/0.030/0.030/0.000 ms\n";
        const ipv6 =
            "PING fd01::1(fd01::1) 56 data bytes\n64 bytes from fd01::1: icmp_seq=1 ttl=64 time=0.024 ms\n\n" +
            "--- fd01::1 ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time 0ms\n";
        assert.deepEqual(read(ipv4, "", 0), { outcome: "reply", ttl: 63, text: "reply, ttl 63" });
        assert.deepEqual(read(ipv6, "", 0), { outcome: "reply", ttl: 64, text: "reply, ttl 64" });
    });

    it("is nothing", () => {
        const silence = { outcome: "no-reply", text: "no answer" };
        assert.deepEqual(read(output("10.2.0.2", "")), silence);
        assert.deepEqual(read(output("fd02::2", "")), silence);
        assert.deepEqual(read(""), silence);
    });

    const errors: readonly [string, string, string][] = [
        ["10.30.0.1", "From 10.1.0.1 icmp_seq=1 Destination Host Unreachable", "Destination Host Unreachable"],
        ["10.33.0.1", "From 10.1.0.1 icmp_seq=1 Destination Net Unreachable", "Destination Net Unreachable"],
        ["10.31.0.1", "From 10.1.0.1 icmp_seq=1 Packet filtered", "Packet filtered"],
        ["10.2.0.2", "From 10.1.0.1 icmp_seq=1 Destination Port Unreachable", "Destination Port Unreachable"],
        ["10.2.0.2", "From 10.1.0.1 icmp_seq=1 Time to live exceeded", "Time to live exceeded"],
        [
            "10.2.0.2",
            "From 10.1.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)",
            "Frag needed and DF set (mtu = 1400)",
        ],
        ["fd33::1", "From fd01::1 icmp_seq=1 Destination unreachable: No route", "No route"],
        [
            "fd31::1",
            "From fd01::1 icmp_seq=1 Destination unreachable: Administratively prohibited",
            "Administratively prohibited",
        ],
        ["fd02::77", "From fd01::1 icmp_seq=1 Destination unreachable: Address unreachable", "Address unreachable"],
        ["fd02::2", "From fd01::1 icmp_seq=1 Destination unreachable: Port unreachable", "Port unreachable"],
        ["fd02::2", "From fd01::1 icmp_seq=1 Time exceeded: Hop limit", "Time exceeded: Hop limit"],
        ["fd02::2", "From fd01::1 icmp_seq=1 Packet too big: mtu=1400", "Packet too big: mtu=1400"],
    ];
    for (const [to, line, what] of errors) {
        it(`is an error from a router: ${line}`, () => {
            const from = to.includes(":") ? "fd01::1" : "10.1.0.1";
            const result = read(output(to, line));
            assert.equal(result.outcome, "unreachable");
            assert.ok(result.text.endsWith(`${what} (from ${from})`), result.text);
        });
    }

    const refusals: readonly [string, string][] = [
        ["ping: connect: Network is unreachable", "Network is unreachable"],
        ["ping: connect: No route to host", "No route to host"],
        ["ping: connect: Invalid argument", "Invalid argument"],
        ["ping: connect: Permission denied", "Permission denied"],
        ["ping: sendmsg: Operation not permitted", "sendmsg: Operation not permitted"],
        ["ping: sendmsg: Network is unreachable", "sendmsg: Network is unreachable"],
        ["ping: local error: message too long, mtu=1400", "message too long, mtu=1400"],
        ["ping: local error: message too long, mtu: 1400", "message too long, mtu: 1400"],
    ];
    for (const [stderr, what] of refusals) {
        it(`is a local refusal: ${stderr}`, () => assert.deepEqual(read("", `${stderr}\n`, 2), unreachable(what)));
    }

    it("is a local refusal where a route prohibits it, of which ping has its own idea", () => {
        const words = "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n";
        assert.equal(read("", words, 2).outcome, "unreachable");
    });
});

describe("a ping", () => {
    const argv = (spec: ReachabilitySpec): string => pingStep(spec).argv.join(" ");

    it("is one packet, for some seconds", () => {
        assert.equal(argv({ to: "10.2.0.2" }), "ping -n -c 1 -W 3 -w 3 10.2.0.2");
        assert.equal(argv({ to: "fd02::2", timeoutSeconds: 9 }), "ping -n -c 1 -W 9 -w 9 fd02::2");
        assert.equal(pingStep({ to: "10.2.0.2" }, 1).argv.join(" "), "ping -n -c 1 -W 1 -w 1 10.2.0.2");
    });

    it("has the size of the whole IP packet", () => {
        assert.equal(
            argv({ to: "10.2.0.2", packetBytes: 1500, dontFragment: true }),
            "ping -n -c 1 -W 3 -w 3 -s 1472 -M do 10.2.0.2",
        );
        assert.equal(argv({ to: "fd02::2", packetBytes: 1500 }), "ping -n -c 1 -W 3 -w 3 -s 1452 fd02::2");
        assert.deepEqual([headerBytes("10.2.0.2"), headerBytes("fd02::2")], [28, 48]);
    });

    it("is sent from its place, and changes nothing", () => {
        const { place, mutating, mode, describe: text } = pingStep({ to: "10.2.0.2", fromNamespace: "ns1" });
        assert.deepEqual({ place, mutating, mode }, { place: "ns1", mutating: false, mode: "always" });
        assert.deepEqual(text, ["ip netns exec ns1 ping -n -c 1 -W 3 -w 3 10.2.0.2"]);
        assert.equal(pingStep({ to: "10.2.0.2" }).place, "");
    });

    it("has room for its headers", () => {
        const problem = (bytes: string) => [
            { property: "packetBytes", given: bytes, expected: "at least 48: the headers of IP and ICMP" },
        ];
        assert.deepEqual(reachabilityMistakes({ to: "fd02::2", packetBytes: 47 }), problem("47"));
        assert.deepEqual(reachabilityMistakes({ to: "fd02::2", packetBytes: 48 }), []);
        assert.deepEqual(reachabilityMistakes({ to: "10.2.0.2", packetBytes: 28 }), []);
        assert.deepEqual(reachabilityMistakes({ packetBytes: 28 }), []);
    });
});
