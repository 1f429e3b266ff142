import assert from "node:assert/strict";
import { parseOwner } from "../../model/owner";
import { local } from "../../provider/host/machines";
import type { Answers, Queries } from "../../provider/host/query";
import { mistakesInProgram } from "../../provider/mistakes";
import { Program } from "../../provider/program";
import { GROUP } from "./states";

type Inputs = Record<string, string | number | boolean>;

/** A device of the machine, as `ip -j addr show` has it. */
const device = (ifname: string, addresses: readonly string[] = [], more: object = {}): object => ({
    ifindex: 9,
    ifname,
    flags: ["UP"],
    mtu: 1500,
    group: "0",
    addr_info: addresses.map((text) => {
        const [address = "", length = ""] = text.split("/");
        return { family: address.includes(":") ? "inet6" : "inet", local: address, prefixlen: Number(length) };
    }),
    ...more,
});

describe("a mistake between two resources", () => {
    let program: Program;
    /** What is on the machine, by namespace; asking of another place fails the test. */
    let machine: Record<string, readonly object[]>;
    let asked: string[];
    const survey = local().survey;

    beforeEach(() => {
        program = new Program();
        machine = {};
        asked = [];
        local().survey = async <Q extends Queries>(queries: Q): Promise<Answers<Q>> => {
            const entries = Object.entries(queries).map(([name, { place, read }]) => {
                asked.push(place);
                const links = machine[place];
                return [name, read(links && JSON.stringify(links))];
            });
            return Object.fromEntries(entries) as Answers<Q>;
        };
    });
    afterEach(() => {
        local().survey = survey;
    });

    /** Declares a resource; what is wrong with it, as the text parts. */
    async function declare(
        kind: string,
        name: string,
        known: Inputs,
        unknown: string[] = [],
        silence: string[] = [],
    ): Promise<string[]> {
        const owner = `lab/dev/${name}`;
        const problems = await mistakesInProgram(program, { kind, owner, known, unknown, silence }, parseOwner(owner));
        return problems.map(({ property, given, expected, advice }) => [property, given, expected, advice].join(" | "));
    }
    const namespaces = async (...names: string[]): Promise<void> => {
        for (const name of names) assert.deepEqual(await declare("Namespace", name, { name }), []);
    };
    const pair = (name: string, more: Inputs = {}, unknown: string[] = []) =>
        declare(
            "VethPair",
            name,
            { leftNamespace: "ns1", leftName: `${name}a`, rightNamespace: "ns2", rightName: `${name}b`, ...more },
            unknown,
        );

    it("is a namespace's name that is taken", async () => {
        await namespaces("ns1");
        assert.deepEqual(await declare("Namespace", "again", { name: "ns1" }), [
            'name | "ns1" | a name of its own | "ns1" has it already',
        ]);
        assert.deepEqual(await declare("Namespace", "ns1", { name: "ns1" }), []);
        assert.deepEqual(await declare("Namespace", "later", {}, ["name"]), []);
    });

    it("is a namespace that nobody has declared before, nor exists", async () => {
        await namespaces("ns2", "ns3");
        const expected = "a namespace that this program declares before, or one that exists";
        assert.deepEqual(await declare("Bridge", "br", { namespace: "ns1", name: "br0" }), [
            `namespace | "ns1" | ${expected} | declared: ns2, ns3`,
        ]);
        assert.deepEqual(await pair("p"), [`leftNamespace | "ns1" | ${expected} | declared: ns2, ns3`]);
        machine = { ns1: [device("lo")] };
        assert.deepEqual(await declare("Bridge", "br", { namespace: "ns1", name: "br0" }), []);
        program = new Program();
        assert.deepEqual(await declare("Reachability", "r", { fromNamespace: "x", to: "10.0.0.1" }), [
            `fromNamespace | "x" | ${expected} | declare it: new linuxnet.Namespace("…")`,
        ]);
    });

    it("is a device's name that is taken in its place", async () => {
        await namespaces("ns1", "ns2");
        assert.deepEqual(await pair("one"), []);
        assert.deepEqual(await pair("one"), []);
        assert.deepEqual(await pair("two", { rightName: "oneb" }), [
            'rightName | "oneb" | a name of its own in ns2 | "one" has it already',
        ]);
        assert.deepEqual(await pair("three", { rightName: "onea" }), []);
        assert.deepEqual(await declare("Bridge", "br", { namespace: "ns1", name: "onea" }), [
            'name | "onea" | a name of its own in ns1 | "one" has it already',
        ]);
        assert.deepEqual(await declare("Bridge", "host", { name: "onea" }), []);
        assert.deepEqual(await declare("Bridge", "host2", { name: "onea" }), [
            'name | "onea" | a name of its own on the host | "host" has it already',
        ]);
    });

    it("is an address that is taken on its link", async () => {
        await namespaces("ns1", "ns2");
        assert.deepEqual(await pair("one", { leftAddresses: "10.0.0.1/24", rightAddresses: "10.0.0.1/16" }), [
            'leftAddresses | "10.0.0.1/24" | an address that is free on its layer-2 network | oneb in ns2 has it ("one")',
        ]);
        assert.deepEqual(await pair("two", { leftAddresses: "10.0.0.2/24", rightAddresses: "10.0.0.3/24" }), []);
        assert.deepEqual(await pair("three", { leftAddresses: "10.0.0.2/24" }), []);
    });

    it("is an address that is taken on its bridge", async () => {
        await namespaces("ns1", "ns2");
        assert.deepEqual(
            await declare("Bridge", "br", { namespace: "ns2", name: "br0", addresses: "fd00::1/64, 10.0.0.1/24" }),
            [],
        );
        const free = "an address that is free on its layer-2 network";
        assert.deepEqual(await pair("one", { rightBridge: "br0", leftAddresses: "10.0.0.1/24" }), [
            `leftAddresses | "10.0.0.1/24" | ${free} | br0 in ns2 has it ("br")`,
        ]);
        assert.deepEqual(await pair("one", { rightBridge: "br0", leftAddresses: "10.0.0.2/24" }), []);
        assert.deepEqual(await pair("two", { rightBridge: "br0", leftAddresses: "10.0.0.2/24" }), [
            `leftAddresses | "10.0.0.2/24" | ${free} | onea in ns1 has it ("one")`,
        ]);
        assert.deepEqual(await declare("Address", "more", { namespace: "ns2", device: "br0", address: "fd00::1/64" }), [
            `address | "fd00::1/64" | ${free} | br0 in ns2 has it ("br")`,
        ]);
    });

    it("is an Address that a device of the program has itself", async () => {
        await namespaces("ns1", "ns2");
        assert.deepEqual(await pair("one", { leftAddresses: "10.0.0.1/24" }), []);
        assert.deepEqual(
            await declare("Address", "more", { namespace: "ns1", device: "onea", address: "10.0.0.1/24" }),
            ['address | "10.0.0.1/24" | an address that is free on its layer-2 network | onea in ns1 has it ("one")'],
        );
        assert.deepEqual(
            await declare("Address", "more", { namespace: "ns1", device: "onea", address: "10.0.0.2/24" }),
            [],
        );
        assert.deepEqual(
            await declare("Address", "again", { namespace: "ns1", device: "onea", address: "10.0.0.2/24" }),
            ['address | "10.0.0.2/24" | an address that is free on its layer-2 network | onea in ns1 has it ("more")'],
        );
    });

    it("is a bridge that is none", async () => {
        await namespaces("ns1", "ns2");
        const text = (advice: string) => [`rightBridge | "br0" | a bridge in ns2 | ${advice}`];
        assert.deepEqual(await pair("one", { rightBridge: "br0" }), text("there is no br0"));
        assert.deepEqual(await pair("two", { rightName: "br0" }), []);
        assert.deepEqual(await pair("three", { rightBridge: "br0" }), text("br0 is a veth there"));
        machine = {
            ns2: [
                device("br1", [], { linkinfo: { info_kind: "bridge" } }),
                device("br0", [], { linkinfo: { info_kind: "bridge" } }),
            ],
        };
        assert.deepEqual(await pair("four", { rightBridge: "br1" }), []);
        assert.deepEqual(await pair("five", { rightBridge: "br0" }), text("br0 is a veth there"));
        assert.deepEqual(await pair("six", { rightBridge: "br7" }, ["rightNamespace"]), []);
    });

    it("is no device of an Address; the loopback device of a namespace comes with it", async () => {
        await namespaces("ns1");
        machine = {};
        const address = (name: string, device: string) =>
            declare("Address", name, { namespace: "ns1", device, address: "10.0.0.9/32" });
        assert.deepEqual(await address("one", "eth9"), ['device | "eth9" | a device in ns1 | there is none']);
        assert.deepEqual(await address("two", "lo"), []);
    });

    it("is a port with which its bridge becomes too small for IPv6", async () => {
        await namespaces("ns1", "ns2");
        const bridge = (more: Inputs = {}, unknown: string[] = []) => {
            const addresses = "10.0.0.1/24, fd00::1/64";
            return declare("Bridge", "br0", { namespace: "ns2", name: "br0", addresses, ...more }, unknown);
        };
        const port = (mtu: number) => pair("port", { rightBridge: "br0", rightMtu: mtu });
        assert.deepEqual(await bridge(), []);
        const expected = "at least 1280: the bridge br0, which follows its smallest port, has IPv6 addresses";
        assert.deepEqual(await port(1279), [
            `rightMtu | 1279 | ${expected} | RFC 8200; or give the bridge an mtu of its own`,
        ]);
        assert.deepEqual(await port(1280), []);
        assert.deepEqual(await bridge({ mtu: 1500 }), []);
        assert.deepEqual(await port(1279), []);
        assert.deepEqual(await bridge({ addresses: "10.0.0.1/24" }), []);
        assert.deepEqual(await port(1279), []);
        assert.deepEqual(await bridge({}, ["mtu"]), []);
        assert.deepEqual(await port(1279), []);
    });

    it("is a route that is there already, for the kernel", async () => {
        await namespaces("ns1");
        machine = { ns1: [device("eth0", ["fd00::2/64"])] };
        const way = { namespace: "ns1", device: "eth0" };
        const expected = "one route a destination, table and metric in ns1";
        const route = (name: string, more: Inputs, unknown: string[] = []) =>
            declare("Route", name, { ...way, ...more }, unknown);
        assert.deepEqual(await route("one", { destination: "10.2.0.0/16" }), []);
        assert.deepEqual(await route("one", { destination: "10.2.0.0/16" }), []);
        assert.deepEqual(await route("two", { destination: "10.2.0.0/16", table: 254, metric: 0 }), [
            `destination | "10.2.0.0/16" | ${expected} | "one" is the same; give one of them another metric`,
        ]);
        assert.deepEqual(await route("three", { destination: "10.2.0.0/16", metric: 5 }), []);
        assert.deepEqual(await route("four", { destination: "10.2.0.0/16", table: 5 }), []);
        assert.deepEqual(await route("five", { destination: "default", gateway: "fd00::1" }), []);
        assert.deepEqual(await route("six", { destination: "::/0", metric: 1024 }), [
            `destination | "::/0" | ${expected} | "five" is the same; give one of them another metric`,
        ]);
        assert.deepEqual(await route("seven", { destination: "0.0.0.0/0" }), []);
        assert.deepEqual(await route("eight", { destination: "10.2.0.0/16" }, ["metric"]), []);
    });

    it("is forwarding on and off in one place", async () => {
        await namespaces("ns1", "ns2");
        const setting = (name: string, more: Inputs) =>
            declare("ForwardingSetting", name, { namespace: "ns1", ...more });
        assert.deepEqual(await setting("one", { ipv4: true, ipv6: false }), []);
        assert.deepEqual(await setting("two", { ipv4: true }), []);
        assert.deepEqual(await setting("three", { ipv6: true }), ['ipv6 | true | false | "one" keeps it so in ns1']);
        assert.deepEqual(await setting("one", { ipv4: true, ipv6: true }), []);
        assert.deepEqual(await setting("four", { namespace: "ns2", ipv6: true }), []);
    });

    it("is a gateway out of reach", async () => {
        await namespaces("ns1", "ns2");
        const expected = "an address in a subnet of ns1";
        const to = (gateway: string, more: Inputs = {}, unknown: string[] = []) =>
            declare(
                "Route",
                `to ${gateway}`,
                {
                    namespace: "ns1",
                    destination: "10.2.0.0/16",
                    gateway,
                    metric: Number(gateway.replaceAll(".", "")),
                    ...more,
                },
                unknown,
            );
        machine = { ns1: [device("lo", ["127.0.0.1/8"])] };
        assert.deepEqual(await to("10.1.0.1"), [
            `gateway | "10.1.0.1" | ${expected} | no device with an address is declared in ns1 before this route`,
        ]);
        assert.deepEqual(await pair("one", { leftAddresses: "10.1.0.2/24, fe80::7/64" }), []);
        assert.deepEqual(await to("10.1.0.1"), []);
        assert.deepEqual(await to("10.1.99.1"), [`gateway | "10.1.99.1" | ${expected} | ns1 has 10.1.0.2/24 on onea`]);
        assert.deepEqual(await to("10.1.199.1", {}, ["device"]), []);
        machine = { ns1: [device("eth0", ["10.1.99.2/24"]), device("onea", ["10.9.9.9/24"])] };
        assert.deepEqual(await to("10.1.99.1"), []);
        assert.deepEqual(await to("10.9.9.1"), [
            `gateway | "10.9.9.1" | ${expected} | ns1 has 10.1.0.2/24 on onea, 10.1.99.2/24 on eth0`,
        ]);
    });

    it("is a gateway out of reach by the device that is given", async () => {
        await namespaces("ns1", "ns2");
        machine = { ns1: [device("lo", ["127.0.0.1/8"])], "": [device("eth0", ["10.7.0.2/32"])] };
        assert.deepEqual(await pair("one", { leftAddresses: "10.1.0.2/24" }), []);
        assert.deepEqual(await pair("two", { leftAddresses: "10.3.0.2/24" }), []);
        const to = (name: string, more: Inputs) =>
            declare("Route", name, { namespace: "ns1", destination: "10.2.0.0/16", device: "onea", ...more });
        const expected = "an address in a subnet of onea in ns1";
        const there = "ns1 has 10.1.0.2/24 on onea, 10.3.0.2/24 on twoa";
        assert.deepEqual(await to("near", { gateway: "10.1.0.1" }), []);
        assert.deepEqual(await to("far", { gateway: "10.9.0.1", metric: 1 }), [
            `gateway | "10.9.0.1" | ${expected} | ${there}`,
        ]);
        assert.deepEqual(await to("other", { gateway: "10.3.0.1", metric: 2 }), [
            `gateway | "10.3.0.1" | ${expected} | ${there}`,
        ]);
        assert.deepEqual(await to("own", { gateway: "10.1.0.2", metric: 3 }), [
            'gateway | "10.1.0.2" | the address of a neighbour, the next router | onea in ns1 has it itself',
        ]);
        assert.deepEqual(await to("onlink", { gateway: "10.9.0.1", onlink: true, metric: 4 }), []);
        assert.deepEqual(await to("led", { destination: "10.9.0.1/32" }), []);
        assert.deepEqual(await to("behind", { gateway: "10.9.0.1", metric: 5 }), []);
        const out = { destination: "default", gateway: "10.7.0.1", device: "eth0" };
        assert.deepEqual(await declare("Route", "out", out), []);
    });

    it("is a device that a Route names and that is not there, or is none but for ip", async () => {
        await namespaces("ns1", "ns2");
        machine = { ns1: [device("lo"), device("eth9")] };
        assert.deepEqual(await pair("one", { leftAddresses: "10.1.0.2/24" }), []);
        const to = (name: string, metric: number, more: Inputs) =>
            declare("Route", name, { namespace: "ns1", destination: "10.2.0.0/16", metric, ...more });
        const there = "a device in ns1 | there is onea, eth9";
        assert.deepEqual(await to("right", 1, { device: "onea" }), []);
        // Of one's own name, among those of another kind.
        assert.deepEqual(await to("one", 6, { device: "onea" }), []);
        assert.deepEqual(await to("existing", 2, { device: "eth9" }), []);
        assert.deepEqual(await to("misspelt", 3, { device: "oneb" }), [`device | "oneb" | ${there}`]);
        assert.deepEqual(await to("number", 4, { device: "if3" }), [
            `device | "if3" | ${there}; ip would take it for the device with the number 3`,
        ]);
        assert.deepEqual(await to("hops", 5, { nexthops: "via 10.1.0.1 dev onea, via 10.1.0.3 dev oneb" }), [
            `nexthops | "oneb" | ${there}`,
        ]);
    });

    it("is a subnet that another stack has on the host", async () => {
        await namespaces("ns1");
        const theirs = { ifalias: "linuxnet:lab/other/link", group: "7" };
        machine = {
            "": [
                device("x", ["10.0.1.1/24"], theirs),
                device("y", ["10.5.0.1/24"]),
                device("z", ["10.6.0.1/24"], { ...theirs, group: String(GROUP) }),
            ],
        };
        const onHost = (name: string, addresses: string) => declare("Bridge", name, { name, addresses });
        assert.deepEqual(await onHost("br0", "10.0.1.7/24"), [
            'addresses | "10.0.1.7/24" | a subnet that is free on the host | 10.0.1.1/24 on x of lab/other/link overlaps; if the program takes it from its configuration: pulumi config set subnet 10.0.2.0/24',
        ]);
        assert.deepEqual(await onHost("br1", "10.5.0.7/24"), []);
        assert.deepEqual(await onHost("br2", "10.6.0.7/24"), []);
        assert.deepEqual(await declare("Bridge", "in", { namespace: "ns1", name: "in", addresses: "10.0.1.9/24" }), []);
    });

    it("is looked for without asking the machine where the program tells all", async () => {
        await namespaces("ns1", "ns2");
        await declare("Bridge", "br", { namespace: "ns2", name: "br0", addresses: "10.0.0.1/24" });
        await pair("one", { rightBridge: "br0", leftAddresses: "10.0.0.2/24" });
        await declare("Route", "r", {
            namespace: "ns1",
            destination: "10.2.0.0/16",
            gateway: "10.0.0.1",
            device: "onea",
        });
        await declare("Reachability", "check", { fromNamespace: "ns1", to: "10.0.0.1" });
        assert.deepEqual(asked, []);
    });
});
