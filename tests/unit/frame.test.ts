import assert from "node:assert/strict";
import { formatOwner, ownerTag, parseOwner } from "../../model/owner";
import { local } from "../../provider/host/machines";
import type { Answers, Queries } from "../../provider/host/query";
import { mistakesInProgram } from "../../provider/mistakes";
import { Program } from "../../provider/program";

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
const bridgeDevice = (name: string): object => device(name, [], { linkinfo: { info_kind: "bridge" } });
const tunnelDevice = (name: string, data: object, more: object = {}): object =>
    device(name, [], { linkinfo: { info_kind: "vxlan", info_data: data }, ...more });

let program: Program;
/** What is on the machine, by namespace. */
let machine: Record<string, readonly object[]>;
let asked: string[];

describe("before a vxlan is deployed", () => {
    const survey = local().survey;

    beforeEach(async () => {
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
        for (const name of ["left", "right", "inner"]) assert.deepEqual(await declare("Namespace", name, { name }), []);
    });
    afterEach(() => {
        local().survey = survey;
    });

    /** Declares a resource; what is wrong with it, as the text parts. */
    async function declare(kind: string, name: string, known: Inputs, unknown: string[] = []): Promise<string[]> {
        const owner = `lab/dev/${name}`;
        const problems = await mistakesInProgram(program, { kind, owner, known, unknown }, parseOwner(owner));
        return problems.map(({ property, given, expected, advice }) => [property, given, expected, advice].join(" | "));
    }

    const bridge = (more: Inputs = {}, unknown: string[] = []) =>
        declare("Bridge", "switch", { namespace: "left", name: "br0", ...more }, unknown);
    const underlay = (more: Inputs = {}, unknown: string[] = []) =>
        declare(
            "VethPair",
            "uplink",
            {
                leftNamespace: "left",
                leftName: "eth0",
                leftAddresses: "10.0.0.1/24, fd00::1/64",
                rightNamespace: "right",
                rightName: "eth0",
                ...more,
            },
            unknown,
        );
    const container = (more: Inputs = {}, unknown: string[] = []) =>
        declare(
            "VethPair",
            "cable",
            {
                leftNamespace: "left",
                leftName: "port",
                leftBridge: "br0",
                rightNamespace: "inner",
                rightName: "eth0",
                ...more,
            },
            unknown,
        );
    const tunnel = (more: Inputs = {}, unknown: string[] = []) => {
        const all: Inputs = {
            namespace: "left",
            name: "vx0",
            vni: 7,
            local: "10.0.0.1",
            remotes: "10.0.0.2",
            bridge: "br0",
            ...more,
        };
        const known = Object.fromEntries(Object.entries(all).filter(([key]) => !unknown.includes(key)));
        return declare("Vxlan", "overlay", known, unknown);
    };

    const leaves = (limit: number) => `devices on it with an MTU of at most ${limit}, which vx0 leaves them`;
    const through = (limit: number) => `at most ${limit}: what it sends goes through the Vxlan "overlay"`;
    const takes = (mtu: number, bytes = 50) => `its underlay has ${mtu}, of which the encapsulation takes ${bytes}`;

    describe("a frame too large", () => {
        it("is found at the tunnel, declared last", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge()), ...(await container())], []);
            assert.deepEqual(await tunnel(), [
                `bridge | "br0" | ${leaves(1450)} | eth0 in inner ("cable") has 1500: give it mtu: 1450`,
            ]);
        });

        it("is found at the pair, declared last", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge()), ...(await tunnel())], []);
            assert.deepEqual(await container(), [
                `rightMtu | nothing, which is 1500 | ${through(1450)} | ${takes(1500)}`,
            ]);
            assert.deepEqual(await container({ rightMtu: 1451 }), [
                `rightMtu | 1451 | ${through(1450)} | ${takes(1500)}`,
            ]);
            assert.deepEqual(await container({ rightMtu: 1450 }), []);
            assert.deepEqual(
                await container({ rightMtu: 1400, leftMtu: 9000 }),
                [],
                "a port passes on what it is given",
            );
        });

        it("is found at the bridge, declared last", async () => {
            machine = { left: [bridgeDevice("br0")] };
            assert.deepEqual([...(await underlay()), ...(await tunnel())], []);
            assert.deepEqual(await bridge({ mtu: 1500 }), [`mtu | 1500 | ${through(1450)} | ${takes(1500)}`]);
            assert.deepEqual(await bridge({ mtu: 1450 }), []);
            assert.deepEqual(await bridge(), [], "without one of its own it follows its smallest port");
        });

        it("is found at the tunnel after a bridge of its own MTU", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge({ mtu: 1500 }))], []);
            assert.deepEqual(await tunnel(), [
                `bridge | "br0" | ${leaves(1450)} | br0 in left ("switch") has 1500: give it mtu: 1450`,
            ]);
            assert.deepEqual([...(await bridge({ mtu: 1450 })), ...(await tunnel())], []);
        });

        it("is found at whichever end is not the port", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge()), ...(await tunnel())], []);
            const turned = {
                leftNamespace: "inner",
                leftName: "eth0",
                rightNamespace: "left",
                rightName: "port",
                rightBridge: "br0",
            };
            assert.deepEqual(await declare("VethPair", "cable", turned), [
                `leftMtu | nothing, which is 1500 | ${through(1450)} | ${takes(1500)}`,
            ]);
            assert.deepEqual(await declare("VethPair", "cable", { ...turned, leftMtu: 1450 }), []);
        });

        it("is less over IPv6", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge())], []);
            assert.deepEqual(await tunnel({ local: "fd00::1", remotes: "fd00::2" }), []);
            assert.deepEqual(await container({ rightMtu: 1431 }), [
                `rightMtu | 1431 | ${through(1430)} | ${takes(1500, 70)}`,
            ]);
            assert.deepEqual(await container({ rightMtu: 1430 }), []);
        });

        it("is what the tunnel's own MTU does not take", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge()), ...(await tunnel({ mtu: 1400 }))], []);
            assert.deepEqual(await container({ rightMtu: 1450 }), [
                `rightMtu | 1450 | ${through(1400)} | its MTU is 1400`,
            ]);
            assert.deepEqual(await container({ rightMtu: 1400 }), []);
            assert.deepEqual(await tunnel({ mtu: 1399 }), [
                `bridge | "br0" | ${leaves(1399)} | eth0 in inner ("cable") has 1400: give it mtu: 1399`,
            ]);
            // As the SDK gives it, where the program declares the underlay's.
            assert.deepEqual([...(await container({ rightMtu: 1350 })), ...(await tunnel({ mtu: 1450 }))], []);
            assert.deepEqual(await container({ rightMtu: 1500 }), [
                `rightMtu | 1500 | ${through(1450)} | ${takes(1500)}`,
            ]);
        });

        it("is what the declared underlay does not leave", async () => {
            assert.deepEqual([...(await underlay({ leftMtu: 9000 })), ...(await bridge()), ...(await tunnel())], []);
            asked = [];
            assert.deepEqual(await container({ rightMtu: 8951 }), [
                `rightMtu | 8951 | ${through(8950)} | ${takes(9000)}`,
            ]);
            assert.deepEqual(await container({ rightMtu: 8950 }), []);
            assert.deepEqual(await underlay({ leftMtu: 1550 }), []);
            assert.deepEqual(await container(), []);
            assert.deepEqual(asked, [], "nobody has to be asked where the program tells all");
        });

        it("is what the machine's own underlay does not leave", async () => {
            machine = { left: [device("lo", ["127.0.0.1/8"]), device("eth0", ["10.0.0.1/24"], { mtu: 1400 })] };
            assert.deepEqual([...(await bridge()), ...(await tunnel())], []);
            assert.deepEqual(await container(), [
                `rightMtu | nothing, which is 1500 | ${through(1350)} | ${takes(1400)}`,
            ]);
            assert.deepEqual(await container({ rightMtu: 1350 }), []);
        });

        it("is what the device under an Address does not leave", async () => {
            const more = { namespace: "left", device: "eth0", address: "10.0.0.9/24" };
            machine = { left: [device("eth0", [], { mtu: 1400 })] };
            assert.deepEqual(await declare("Address", "more", more), []);
            assert.deepEqual([...(await bridge()), ...(await tunnel({ local: "10.0.0.9" }))], []);
            assert.deepEqual(await container(), [
                `rightMtu | nothing, which is 1500 | ${through(1350)} | ${takes(1400)}`,
            ]);
        });

        it("is what a declared device under an Address does not leave", async () => {
            assert.deepEqual(await underlay({ leftMtu: 1300 }), []);
            const more = { namespace: "left", device: "eth0", address: "10.0.0.9/24" };
            assert.deepEqual(await declare("Address", "more", more), []);
            assert.deepEqual([...(await bridge()), ...(await tunnel({ local: "10.0.0.9" }))], []);
            assert.deepEqual(await container({ rightMtu: 1251 }), [
                `rightMtu | 1251 | ${through(1250)} | ${takes(1300)}`,
            ]);
        });

        it("is what the device that is given does not leave, wherever the address is", async () => {
            machine = { left: [device("lo", ["10.0.0.7/32"], { mtu: 65536 }), device("eth9", [], { mtu: 1400 })] };
            assert.deepEqual([...(await underlay({ leftMtu: 9000 })), ...(await bridge())], []);
            assert.deepEqual(await tunnel({ device: "eth9" }), []);
            assert.deepEqual(await container({ rightMtu: 1351 }), [
                `rightMtu | 1351 | ${through(1350)} | ${takes(1400)}`,
            ]);
            assert.deepEqual(await tunnel({ local: "10.0.0.7", device: "eth0" }), []);
            assert.deepEqual(await container({ rightMtu: 8950 }), []);
        });

        it("is not what an address on the loopback device would say, which says nothing of the way out", async () => {
            machine = { left: [device("lo", ["10.0.0.7/32"], { mtu: 65536 })] };
            assert.deepEqual([...(await bridge()), ...(await tunnel({ local: "10.0.0.7" }))], []);
            assert.deepEqual(await container({ rightMtu: 9000 }), []);
            assert.deepEqual(await tunnel({ local: "10.0.0.7", mtu: 1450 }), [
                `bridge | "br0" | ${leaves(1450)} | eth0 in inner ("cable") has 9000: give it mtu: 1450`,
            ]);
        });

        it("is what a bridge as the underlay does not leave: its smallest port counts, or its own MTU", async () => {
            const outer = (more: Inputs = {}) =>
                declare("Bridge", "outer", { namespace: "left", name: "br1", addresses: "10.0.0.1/24", ...more });
            const port = (more: Inputs = {}, unknown: string[] = []) =>
                declare(
                    "VethPair",
                    "uplink",
                    {
                        leftNamespace: "left",
                        leftName: "up0",
                        leftBridge: "br1",
                        rightNamespace: "right",
                        rightName: "up0",
                        ...more,
                    },
                    unknown,
                );
            assert.deepEqual([...(await outer()), ...(await bridge()), ...(await tunnel())], []);
            assert.deepEqual(await container({ rightMtu: 1451 }), [
                `rightMtu | 1451 | ${through(1450)} | ${takes(1500)}`,
            ]);
            assert.deepEqual(await port({ leftMtu: 9000, rightMtu: 9000 }), []);
            assert.deepEqual(await container({ rightMtu: 8950 }), []);
            assert.deepEqual(await port({ rightMtu: 9000 }, ["leftMtu"]), []);
            assert.deepEqual(await container({ rightMtu: 9000 }), [], "not known yet");
            assert.deepEqual([...(await outer({ mtu: 1400 })), ...(await port())], []);
            assert.deepEqual(await container({ rightMtu: 1351 }), [
                `rightMtu | 1351 | ${through(1350)} | ${takes(1400)}`,
            ]);
        });

        it("is looked for on its own bridge only", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge()), ...(await tunnel())], []);
            const aside = { leftNamespace: "left", leftName: "a", rightNamespace: "inner", rightName: "b" };
            assert.deepEqual(await declare("VethPair", "aside", aside), []);
            assert.deepEqual(await declare("Bridge", "second", { namespace: "left", name: "br1", mtu: 9000 }), []);
            assert.deepEqual(
                await declare("VethPair", "on second", { ...aside, leftName: "c", rightName: "d", leftBridge: "br1" }),
                [],
            );
            assert.deepEqual(await declare("Bridge", "elsewhere", { namespace: "right", name: "br0", mtu: 9000 }), []);
        });

        it("is not told where the tunnel is on no bridge", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge())], []);
            const alone = { namespace: "left", name: "vx0", vni: 7, local: "10.0.0.1", remotes: "10.0.0.2" };
            assert.deepEqual(await declare("Vxlan", "overlay", alone), []);
            assert.deepEqual(await container({ rightMtu: 9000 }), []);
            assert.deepEqual(await declare("Vxlan", "overlay", alone), []);
        });

        it("is not told while an MTU is not known yet", async () => {
            assert.deepEqual([...(await underlay({}, ["leftMtu"])), ...(await bridge()), ...(await tunnel())], []);
            assert.deepEqual(await container(), [], "the underlay's");
            assert.deepEqual(await underlay(), []);
            assert.deepEqual(await tunnel({}, ["mtu"]), []);
            assert.deepEqual(await container(), [], "the tunnel's");
            assert.deepEqual(await tunnel({}, ["device"]), []);
            assert.deepEqual(await container(), [], "the device");
            assert.deepEqual(await container({}, ["rightMtu"]), []);
            assert.deepEqual(await tunnel(), [], "the container's");
            assert.deepEqual(await bridge({}, ["mtu"]), [], "the bridge's");
        });

        it("is told where the tunnel's own MTU is known, whatever the underlay's", async () => {
            assert.deepEqual(
                [...(await underlay({}, ["leftMtu"])), ...(await bridge()), ...(await tunnel({ mtu: 1450 }))],
                [],
            );
            assert.deepEqual(await container(), [
                `rightMtu | nothing, which is 1500 | ${through(1450)} | its MTU is 1450`,
            ]);
        });
    });

    describe("an MTU larger than the underlay leaves", () => {
        const given = (mtu: number, most: number, advice: string) => [`mtu | ${mtu} | at most ${most} | ${advice}`];

        it("is refused, and one that fits is not", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge())], []);
            assert.deepEqual(await tunnel({ mtu: 1451 }), given(1451, 1450, takes(1500)));
            assert.deepEqual(await tunnel({ mtu: 1450 }), []);
            const over6 = { local: "fd00::1", remotes: "fd00::2" };
            assert.deepEqual(await tunnel({ ...over6, mtu: 1431 }), given(1431, 1430, takes(1500, 70)));
            assert.deepEqual(await tunnel({ ...over6, mtu: 1430 }), []);
            assert.deepEqual(await underlay({ leftMtu: 9000 }), []);
            assert.deepEqual(await tunnel({ mtu: 8950 }), []);
            assert.deepEqual(await tunnel({ mtu: 8951 }), given(8951, 8950, takes(9000)));
        });

        it("is refused over what is on the machine", async () => {
            machine = { left: [device("eth0", ["10.0.0.1/24"], { mtu: 1400 }), device("eth1", [], { mtu: 9000 })] };
            assert.deepEqual(await bridge(), []);
            assert.deepEqual(await tunnel({ mtu: 1450 }), given(1450, 1350, takes(1400)));
            assert.deepEqual(await tunnel({ mtu: 1350 }), []);
            assert.deepEqual(await tunnel({ mtu: 8950, device: "eth1" }), []);
        });

        it("and one too small for the tunnel's IPv6 addresses, where it is not given, too", async () => {
            machine = { left: [device("eth0", ["10.0.0.1/24"], { mtu: 1329 })] };
            assert.deepEqual(await bridge(), []);
            const addresses = "10.9.0.1/24, fd09::1/64";
            assert.deepEqual(await tunnel({ addresses }), [
                `mtu | nothing, which is 1279 | at least 1280: the end has the IPv6 address fd09::1/64 | ${takes(1329)}`,
            ]);
            assert.deepEqual(await tunnel({ addresses: "10.9.0.1/24" }), []);
            machine = { left: [device("eth0", ["10.0.0.1/24"], { mtu: 1330 })] };
            assert.deepEqual(await tunnel({ addresses }), []);
        });

        it("is not judged where the underlay's is not known", async () => {
            assert.deepEqual([...(await underlay({}, ["leftMtu"])), ...(await bridge())], []);
            assert.deepEqual(await tunnel({ mtu: 9000 }), []);
        });
    });

    describe("the tunnel's own address", () => {
        const text = (advice: string) => [`local | "10.0.0.9" | an address in left | ${advice}`];

        it("is one of the place's, or those there are are listed", async () => {
            assert.deepEqual([...(await bridge({ addresses: "10.5.0.1/24" })), ...(await underlay())], []);
            const there = "there is 10.5.0.1/24 on br0, 10.0.0.1/24 on eth0, fd00::1/64 on eth0";
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }), text(there));
            const own = { local: "10.0.0.9", addresses: "10.0.0.9/24" };
            assert.deepEqual(await tunnel(own), text(there), "its own inner address is none");
            assert.deepEqual(await tunnel(), []);
            assert.deepEqual(await tunnel({ local: "fd00::1", remotes: "" }), []);
        });

        it("may be on a device of the machine, or put there by an Address", async () => {
            machine = {
                left: [
                    device("lo", ["127.0.0.1/8", "10.0.0.7/32"]),
                    device("eth1", ["fe80::1/64", "10.6.0.1/24"]),
                    device("gone", ["10.0.0.9/24"]),
                ],
            };
            assert.deepEqual(await bridge(), []);
            const more = { namespace: "left", device: "eth1", address: "10.0.0.8/24" };
            assert.deepEqual(await declare("Address", "more", more), []);
            for (const one of ["10.0.0.7", "10.0.0.8", "10.0.0.9", "10.6.0.1"]) {
                assert.deepEqual(await tunnel({ local: one }), [], one);
            }
            const given = { leftNamespace: "left", leftName: "gone", rightNamespace: "right", rightName: "x" };
            assert.deepEqual(await declare("VethPair", "no more", given), []);
            machine = { left: [device("lo", ["127.0.0.1/8"]), device("eth1", ["10.0.0.8/24", "10.6.0.1/24"])] };
            const there = "there is 10.0.0.8/24 on eth1, 10.6.0.1/24 on eth1";
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }), text(there));
        });

        it("is not there where there is none", async () => {
            assert.deepEqual(await bridge(), []);
            const none = "no device with an address is declared there before it";
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }), text(none));
            machine = { left: [device("lo", ["127.0.0.1/8"]), device("eth1", ["fe80::1/64"])] };
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }), text(none));
        });

        it("of the tunnel's place, and of no other", async () => {
            assert.deepEqual([...(await bridge()), ...(await underlay({ rightAddresses: "10.0.0.9/24" }))], []);
            assert.deepEqual(
                await tunnel({ local: "10.0.0.9" }),
                text("there is 10.0.0.1/24 on eth0, fd00::1/64 on eth0"),
            );
        });

        it("is not judged where it, or what there is, is not known yet, or is the kernel's to give", async () => {
            assert.deepEqual([...(await bridge()), ...(await underlay())], []);
            assert.deepEqual(await tunnel({}, ["local"]), []);
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }, ["namespace"]), []);
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }, ["host"]), []);
            assert.deepEqual(await tunnel({ local: "fe80::1", remotes: "fe80::2", device: "eth0" }), []);
            assert.deepEqual(await underlay({}, ["leftAddresses"]), []);
            assert.deepEqual(await tunnel({ local: "10.0.0.9" }), []);
        });
    });

    describe("a network identifier that is taken", () => {
        const text = (whose: string) => [`vni | 7 | a network identifier of its own in left | ${whose} has it already`];
        const second = (more: Inputs = {}, unknown: string[] = []) => {
            const all: Inputs = {
                namespace: "left",
                name: "vx1",
                vni: 7,
                local: "10.0.0.1",
                remotes: "10.0.0.2",
                ...more,
            };
            const known = Object.fromEntries(Object.entries(all).filter(([key]) => !unknown.includes(key)));
            return declare("Vxlan", "second", known, unknown);
        };

        beforeEach(async () => {
            machine = { left: [device("eth0", ["10.0.0.1/24", "fd00::1/64"]), bridgeDevice("br0")] };
        });

        it("by another resource", async () => {
            assert.deepEqual(await tunnel(), []);
            assert.deepEqual(await tunnel(), [], "it is its own");
            assert.deepEqual(await second(), text('"overlay"'));
            assert.deepEqual(await second({ port: 4789 }), text('"overlay"'));
            assert.deepEqual(await second({ vni: 8 }), []);
            assert.deepEqual(await second({ port: 8472 }), []);
            assert.deepEqual(await second({ local: "fd00::1", remotes: "fd00::2" }), [], "IPv4 and IPv6 are apart");
        });

        it("by another resource, in the same place only", async () => {
            machine["right"] = [device("eth0", ["10.0.0.2/24"]), bridgeDevice("br0")];
            assert.deepEqual(await tunnel(), []);
            assert.deepEqual(await second({ namespace: "right", local: "10.0.0.2", remotes: "10.0.0.1" }), []);
        });

        it("by a link of the machine", async () => {
            const there = (data: object, more: object = {}) => {
                machine["left"] = [
                    device("eth0", ["10.0.0.1/24"]),
                    bridgeDevice("br0"),
                    tunnelDevice("flannel.1", { id: 7, local: "10.0.0.1", port: 4789, ...data }, more),
                ];
            };
            there({});
            assert.deepEqual(await tunnel(), text("flannel.1"));
            assert.deepEqual(await tunnel({ vni: 8 }), []);
            assert.deepEqual(await tunnel({ port: 8472 }), []);
            there({ local: undefined });
            assert.deepEqual(await tunnel(), text("flannel.1"));
            there({ port: 8472 });
            assert.deepEqual(await tunnel(), []);
            there({ id: 8 });
            assert.deepEqual(await tunnel(), []);
            there({ local: undefined, local6: "fd00::1" });
            assert.deepEqual(await tunnel(), []);
        });

        it("by a link of another of this stack's, and not by its own under the name that it has had", async () => {
            const old = (name: string) =>
                tunnelDevice(
                    "vx9",
                    { id: 7, local: "10.0.0.1", port: 4789 },
                    { ifalias: ownerTag(formatOwner({ project: "lab", stack: "dev", name })) },
                );
            machine["left"] = [device("eth0", ["10.0.0.1/24"]), bridgeDevice("br0"), old("overlay")];
            assert.deepEqual(await tunnel(), []);
            machine["left"] = [device("eth0", ["10.0.0.1/24"]), bridgeDevice("br0"), old("dropped")];
            assert.deepEqual(await tunnel(), text("vx9"));
        });

        it("over link-local addresses, on the same device", async () => {
            const over = (name: string) => ({ local: "fe80::1", remotes: "fe80::2", device: name });
            machine["left"] = [device("eth0", ["10.0.0.1/24"]), device("eth1"), bridgeDevice("br0")];
            assert.deepEqual(await tunnel(over("eth0")), []);
            assert.deepEqual(await second(over("eth0")), text('"overlay"'));
            assert.deepEqual(await second(over("eth1")), []);
        });

        it("is not judged where it, or the port, is not known yet", async () => {
            assert.deepEqual(await tunnel(), []);
            for (const one of ["vni", "port", "local", "namespace", "host"])
                assert.deepEqual(await second({}, [one]), []);
            assert.deepEqual([...(await tunnel({}, ["port"])), ...(await second())], []);
        });
    });

    describe("a tunnel's bridge", () => {
        const text = (advice: string) => [`bridge | "br0" | a bridge in left | ${advice}`];

        beforeEach(async () => {
            machine = { left: [device("eth1", ["10.0.0.1/24"])] };
        });

        it("is one, declared or on the machine", async () => {
            assert.deepEqual(await tunnel(), text("there is no br0"));
            machine["left"] = [device("eth1", ["10.0.0.1/24"]), bridgeDevice("br0")];
            assert.deepEqual(await tunnel(), []);
            machine["left"] = [device("eth1", ["10.0.0.1/24"])];
            assert.deepEqual([...(await bridge()), ...(await tunnel())], []);
        });

        it("is no other device", async () => {
            assert.deepEqual(await underlay({ leftName: "br0" }), []);
            assert.deepEqual(await tunnel(), text("br0 is a veth there"));
            assert.deepEqual(await tunnel({ name: "br1", bridge: "br1" }), [
                'bridge | "br1" | a bridge in left | br1 is a vxlan there',
            ]);
        });

        it("is not judged where it, or the place, is not known yet", async () => {
            assert.deepEqual(await tunnel({}, ["bridge"]), []);
            assert.deepEqual(await tunnel({}, ["namespace"]), []);
        });
    });

    describe("its name and addresses", () => {
        it("are its own in its place", async () => {
            assert.deepEqual([...(await underlay()), ...(await bridge())], []);
            assert.deepEqual(await tunnel({ name: "br0" }), [
                'name | "br0" | a name of its own in left | "switch" has it already',
            ]);
        });

        it("are free across the overlay", async () => {
            machine = {
                left: [device("eth0", ["10.0.0.1/24"]), bridgeDevice("br0")],
                right: [device("eth0", ["10.0.0.2/24"]), bridgeDevice("br0")],
            };
            const far = (more: Inputs = {}) =>
                declare("Vxlan", "far", {
                    namespace: "right",
                    name: "vx0",
                    vni: 7,
                    local: "10.0.0.2",
                    remotes: "10.0.0.1",
                    bridge: "br0",
                    ...more,
                });
            const remote = (addresses: string) =>
                declare("VethPair", "remote", {
                    leftNamespace: "right",
                    leftName: "port",
                    leftBridge: "br0",
                    rightNamespace: "inner",
                    rightName: "eth1",
                    rightMtu: 1450,
                    rightAddresses: addresses,
                });
            const near = { rightMtu: 1450, rightAddresses: "10.9.0.1/24, fd09::1/64" };
            assert.deepEqual([...(await tunnel()), ...(await far()), ...(await container(near))], []);
            const free = "an address that is free on its layer-2 network";
            const taken = (address: string) => [
                `rightAddresses | "${address}" | ${free} | eth0 in inner has it ("cable")`,
            ];
            assert.deepEqual(await remote("10.9.0.1/24"), taken("10.9.0.1/24"));
            assert.deepEqual(await remote("fd09::1/48"), taken("fd09::1/48"));
            assert.deepEqual(await remote("10.9.0.2/24"), []);
            assert.deepEqual(await far({ addresses: "10.9.0.1/24" }), [
                `addresses | "10.9.0.1/24" | ${free} | eth0 in inner has it ("cable")`,
            ]);
            assert.deepEqual(await far({ vni: 8 }), []);
            assert.deepEqual(await remote("10.9.0.1/24"), [], "of another network");
        });
    });
});
