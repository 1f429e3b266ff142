import assert from "node:assert/strict";
import { command, ip, type Where } from "../support/kernel";
import { assertReply } from "../support/ping";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";
import { findLink, linkOf } from "./link";

const at = (where: Where): string[] => (where === undefined ? [] : ["-n", where]);
const link = (where: Where, ...words: string[]): Promise<string> => ip(...at(where), "link", ...words);
const address = (where: Where, ...words: string[]): Promise<string> => ip(...at(where), "address", ...words);

for (const [title, onHost] of [
    ["between namespaces", { left: false, right: false }],
    ["between the host and a namespace", { left: true, right: false }],
    ["on the host", { left: true, right: true }],
] as const) {
    describe(`VethPair ${title}`, () => {
        const stack = useStack();
        const leftPlace = usePlace("left");
        const rightPlace = usePlace("right");
        const left = (): Where => (onHost.left ? undefined : leftPlace.name);
        const right = (): Where => (onHost.right ? undefined : rightPlace.name);

        /** What differs between the places is how they are entered: a few will do on the host. */
        const some = <T>(all: readonly T[]): readonly T[] => (onHost.left && onHost.right ? all.slice(0, 4) : all);

        const inputs = (more: Inputs = {}): Inputs => ({
            leftNamespace: left(),
            leftName: "veth-l",
            leftAddresses: "10.1.0.1/24, 10.1.0.3/24, fd01::1/64",
            rightNamespace: right(),
            rightName: "veth-r",
            rightAddresses: "10.1.0.2/24, fd01::2/64",
            ...more,
        });
        const up = (more: Inputs = {}): Promise<Resource> => stack.up("VethPair", "link1", inputs(more));

        it("is there with all that was asked for, and works at once", async () => {
            const pair = await up({
                leftMtu: 1400,
                leftMacAddress: "02:00:00:00:00:01",
                rightMtu: 1300,
                rightUp: true,
            });
            if (!(onHost.left && onHost.right)) {
                await assertReply(left(), "fd01::2", 64);
                await assertReply(right(), "10.1.0.1", 64);
            }
            const [one, other] = [await linkOf(left(), "veth-l"), await linkOf(right(), "veth-r")];
            assert.deepEqual(one.addresses, ["10.1.0.1/24", "10.1.0.3/24", "fd01::1/64"]);
            assert.deepEqual(other.addresses, ["10.1.0.2/24", "fd01::2/64"]);
            assert.deepEqual([one.mtu, other.mtu], [1400, 1300]);
            assert.equal(one.mac, "02:00:00:00:00:01");
            assert.deepEqual([one.up, other.up], [true, true]);
            assert.deepEqual([one.alias, other.alias], ["linuxnet:lab/test/link1", "linuxnet:lab/test/link1"]);
            assert.equal(one.group, other.group);
            assert.deepEqual(pair.outputs["leftDevice"], {
                macAddress: "02:00:00:00:00:01",
                mtu: 1400,
                addresses: ["10.1.0.1/24", "10.1.0.3/24", "fd01::1/64"],
            });
            await assertSettled(pair);
        });

        if (!(onHost.left && onHost.right)) {
            it("has another MAC address at either end, also where both have the same name", async () => {
                await up({ rightName: "veth-l" });
                const [one, other] = [await linkOf(left(), "veth-l"), await linkOf(right(), "veth-l")];
                assert.notEqual(one.mac, other.mac);
            });
        }

        it("is gone without a trace when deleted", async () => {
            const before = await takeSnapshot();
            const pair = await up({ leftMtu: 1400 });
            await pair.delete();
            await assertRestored(before);
        });

        it("can be deleted when it is gone already", async () => {
            const before = await takeSnapshot();
            const pair = await up();
            await link(left(), "del", "dev", "veth-l");
            await pair.delete();
            await assertRestored(before);
        });

        describe("changes in place", () => {
            const read = (side: "left" | "right") =>
                side === "left" ? linkOf(left(), "veth-l") : linkOf(right(), "veth-r");
            const changes: readonly {
                property: string;
                side: "left" | "right";
                from: Inputs[string];
                to: Inputs[string];
                field: "mtu" | "mac" | "up" | "addresses";
                was: unknown;
                is: unknown;
            }[] = [
                { property: "leftMtu", side: "left", from: 1400, to: 9000, field: "mtu", was: 1400, is: 9000 },
                { property: "rightMtu", side: "right", from: undefined, to: 1300, field: "mtu", was: 1500, is: 1300 },
                {
                    property: "rightMacAddress",
                    side: "right",
                    from: "02:00:00:00:00:01",
                    to: "02:00:00:00:00:02",
                    field: "mac",
                    was: "02:00:00:00:00:01",
                    is: "02:00:00:00:00:02",
                },
                { property: "leftUp", side: "left", from: undefined, to: false, field: "up", was: true, is: false },
                { property: "rightUp", side: "right", from: false, to: true, field: "up", was: false, is: true },
                {
                    property: "leftAddresses",
                    side: "left",
                    from: "10.1.0.1/24",
                    to: "10.1.0.9/24, fd01::9/64",
                    field: "addresses",
                    was: ["10.1.0.1/24"],
                    is: ["10.1.0.9/24", "fd01::9/64"],
                },
                {
                    property: "rightAddresses",
                    side: "right",
                    from: "10.1.0.2/24, 10.1.0.4/24, fd01::2/64",
                    to: "10.1.0.4/24, 10.1.0.2/24, fd01::4/64",
                    field: "addresses",
                    was: ["10.1.0.2/24", "10.1.0.4/24", "fd01::2/64"],
                    is: ["10.1.0.4/24", "10.1.0.2/24", "fd01::4/64"],
                },
                {
                    property: "leftAddresses",
                    side: "left",
                    from: "fd01::1/64",
                    to: "fd01::1/48",
                    field: "addresses",
                    was: ["fd01::1/64"],
                    is: ["fd01::1/48"],
                },
            ];
            for (const { property, side, from, to, field, was, is } of some(changes)) {
                it(`${property}: ${from} → ${to}`, async () => {
                    const pair = await up({ [property]: from });
                    const before = [await linkOf(left(), "veth-l"), await linkOf(right(), "veth-r")];
                    assert.deepEqual((await read(side))[field], was);
                    assert.deepEqual(await pair.diff(inputs({ [property]: to })), { changes: true, replaces: [] });
                    assert.equal(await pair.up(inputs({ [property]: to })), "update");
                    const after = [await linkOf(left(), "veth-l"), await linkOf(right(), "veth-r")];
                    assert.deepEqual((await read(side))[field], is);
                    const others = (links: typeof before) =>
                        links.map((one, index) => (index === (side === "left" ? 0 : 1) ? { ...one, [field]: 0 } : one));
                    assert.deepEqual(others(after), others(before), "something else has changed, too");
                    await assertSettled(pair);
                });
            }

            for (const [property, value] of [
                ["leftMtu", 1400],
                ["rightMacAddress", "02:00:00:00:00:01"],
                ["leftUp", false],
            ] as const) {
                it(`${property} is dropped again`, async () => {
                    const pair = await up();
                    const before = await takeSnapshot();
                    await pair.up(inputs({ [property]: value }));
                    await pair.up(inputs());
                    assertSame(before, await takeSnapshot());
                    await assertSettled(pair);
                });
            }

            it("addresses that are dropped are gone; those of others stay", async () => {
                const pair = await up({ leftAddresses: undefined });
                const before = await takeSnapshot();
                await pair.up(inputs({ leftAddresses: "10.1.0.1/24, fd01::1/64" }));
                await pair.up(inputs({ leftAddresses: undefined }));
                assertSame(before, await takeSnapshot());
                await address(left(), "add", "10.1.0.77/24", "dev", "veth-l");
                const theirs = await takeSnapshot();
                await pair.update();
                assertSame(theirs, await takeSnapshot());
                await assertSettled(pair);
            });
        });

        describe("is repaired after", () => {
            const repairs: readonly { what: string; harm: () => Promise<unknown>; shows: readonly string[] }[] = [
                {
                    what: "an address was removed",
                    harm: () => address(left(), "del", "10.1.0.3/24", "dev", "veth-l"),
                    shows: ["leftAddresses: 10.1.0.1/24, 10.1.0.3/24, fd01::1/64 → 10.1.0.1/24, fd01::1/64"],
                },
                {
                    what: "the primary address was removed",
                    harm: () => address(left(), "del", "10.1.0.1/24", "dev", "veth-l"),
                    shows: ["leftAddresses: 10.1.0.1/24, 10.1.0.3/24, fd01::1/64 → 10.1.0.3/24, fd01::1/64"],
                },
                {
                    what: "an IPv6 address was removed",
                    harm: () => address(right(), "del", "fd01::2/64", "dev", "veth-r"),
                    shows: ["rightAddresses: 10.1.0.2/24, fd01::2/64 → 10.1.0.2/24"],
                },
                {
                    what: "all addresses were removed",
                    harm: () => address(right(), "flush", "dev", "veth-r"),
                    shows: ["rightAddresses: 10.1.0.2/24, fd01::2/64 → "],
                },
                {
                    what: "an address was added",
                    harm: () => address(right(), "add", "10.9.0.1/24", "dev", "veth-r"),
                    shows: ["rightAddresses: 10.1.0.2/24, fd01::2/64 → 10.1.0.2/24, fd01::2/64, 10.9.0.1/24"],
                },
                {
                    what: "an IPv6 address was added",
                    harm: () => address(right(), "add", "fd09::1/64", "dev", "veth-r"),
                    shows: ["rightAddresses: 10.1.0.2/24, fd01::2/64 → 10.1.0.2/24, fd01::2/64, fd09::1/64"],
                },
                {
                    what: "the order of the addresses was changed",
                    harm: async () => {
                        await address(left(), "del", "10.1.0.1/24", "dev", "veth-l");
                        await address(left(), "add", "10.1.0.1/24", "dev", "veth-l");
                    },
                    shows: [
                        "leftAddresses: 10.1.0.1/24, 10.1.0.3/24, fd01::1/64 → 10.1.0.3/24, 10.1.0.1/24, fd01::1/64",
                    ],
                },
                {
                    what: "addresses were given peers",
                    harm: async () => {
                        for (const [one, peer] of [
                            ["10.1.0.2/24", "10.1.0.1/24"],
                            ["fd01::2/64", "fd01::1/64"],
                        ] as const) {
                            await address(right(), "del", one, "dev", "veth-r");
                            const words = [one.split("/")[0] ?? "", "peer", peer, "dev", "veth-r"];
                            await address(right(), "add", ...words, ...(one.includes(":") ? ["nodad"] : []));
                        }
                    },
                    shows: [
                        "rightAddresses: 10.1.0.2/24, fd01::2/64 → 10.1.0.2 peer 10.1.0.1/24, fd01::2 peer fd01::1/64",
                    ],
                },
                {
                    what: "addresses with peers were added",
                    harm: async () => {
                        const add = (...words: string[]) => address(left(), "add", ...words, "dev", "veth-l");
                        await add("10.1.0.1", "peer", "10.9.0.1/32");
                        await add("10.1.0.1", "peer", "10.9.0.9/24");
                        await add("fd09::1", "peer", "fd09::2/128", "nodad");
                    },
                    shows: [
                        "leftAddresses: 10.1.0.1/24, 10.1.0.3/24, fd01::1/64 → 10.1.0.1/24, 10.1.0.3/24, fd01::1/64, " +
                            "10.1.0.1 peer 10.9.0.1/32, 10.1.0.1 peer 10.9.0.9/24, fd09::1 peer fd09::2/128",
                    ],
                },
                {
                    what: "an end was set down",
                    harm: () => link(right(), "set", "dev", "veth-r", "down"),
                    shows: ["rightAddresses: 10.1.0.2/24, fd01::2/64 → 10.1.0.2/24", "rightUp: (absent) → false"],
                },
                {
                    what: "the MTU was changed",
                    harm: () => link(left(), "set", "dev", "veth-l", "mtu", "1300"),
                    shows: ["leftMtu: 1400 → 1300"],
                },
                {
                    what: "the MTU was made too small for IPv6",
                    harm: () => link(left(), "set", "dev", "veth-l", "mtu", "1000"),
                    shows: [
                        "leftAddresses: 10.1.0.1/24, 10.1.0.3/24, fd01::1/64 → 10.1.0.1/24, 10.1.0.3/24",
                        "leftMtu: 1400 → 1000",
                    ],
                },
                {
                    what: "an MTU that was not asked for was made too small for IPv6",
                    harm: () => link(right(), "set", "dev", "veth-r", "mtu", "1000"),
                    shows: ["rightAddresses: 10.1.0.2/24, fd01::2/64 → 10.1.0.2/24"],
                },
                {
                    what: "the MAC address was changed",
                    harm: () => link(left(), "set", "dev", "veth-l", "address", "02:00:00:00:00:99"),
                    shows: ["leftMacAddress: 02:00:00:00:00:01 → 02:00:00:00:00:99"],
                },
                {
                    what: "an end was deleted",
                    harm: () => link(left(), "del", "dev", "veth-l"),
                    shows: ["gone"],
                },
            ];
            const wanted = () => inputs({ leftMtu: 1400, leftMacAddress: "02:00:00:00:00:01" });
            for (const { what, harm, shows } of some(repairs)) {
                it(what, async () => {
                    const pair = await stack.up("VethPair", "link1", wanted());
                    const whole = await takeSnapshot();
                    await harm();
                    assert.deepEqual(await pair.refresh(), shows);
                    await pair.up(wanted());
                    assertSame(whole, await takeSnapshot());
                    await assertSettled(pair);
                });
            }

            const rename = async (where: Where, from: string, to: string): Promise<void> => {
                await link(where, "set", "dev", from, "down");
                await link(where, "set", "dev", from, "name", to);
            };

            it("an end was renamed", async () => {
                const pair = await stack.up("VethPair", "link1", wanted());
                const whole = await takeSnapshot();
                await rename(left(), "veth-l", "other");
                const shown = await pair.refresh();
                assert.deepEqual(
                    shown.filter((line) => !/Addresses|Up/.test(line)),
                    ["leftName: veth-l → other"],
                );
                assert.equal(await pair.up(wanted()), "replace");
                assertSame(whole, await takeSnapshot());
                await assertSettled(pair);
            });

            it("both ends were renamed", async () => {
                const pair = await stack.up("VethPair", "link1", wanted());
                const whole = await takeSnapshot();
                await rename(left(), "veth-l", "other-l");
                await rename(right(), "veth-r", "other-r");
                await pair.refresh();
                await pair.up(wanted());
                assertSame(whole, await takeSnapshot());
                await assertSettled(pair);
            });

            it("the alias was removed: nothing is to be seen, and the next update tags it again", async () => {
                const pair = await up();
                const whole = await takeSnapshot();
                await link(left(), "set", "dev", "veth-l", "alias", "");
                assert.deepEqual(await pair.refresh(), []);
                await pair.update();
                assertSame(whole, await takeSnapshot());
            });
        });

        it("goes after both ends were renamed, where no refresh has seen it", async () => {
            const before = await takeSnapshot();
            const pair = await up();
            for (const [where, from, to] of [
                [left(), "veth-l", "other-l"],
                [right(), "veth-r", "other-r"],
            ] as const) {
                await link(where, "set", "dev", from, "down");
                await link(where, "set", "dev", from, "name", to);
            }
            await pair.delete();
            await assertRestored(before);
        });

        it("is not looked at where nothing was said", async () => {
            const pair = await up({ leftAddresses: undefined, rightAddresses: undefined });
            await link(left(), "set", "dev", "veth-l", "mtu", "1300");
            await link(left(), "set", "dev", "veth-l", "address", "02:00:00:00:00:99");
            await address(left(), "add", "10.9.0.1/24", "dev", "veth-l");
            const changed = await takeSnapshot();
            assert.deepEqual(await pair.refresh(), []);
            await pair.update();
            assertSame(changed, await takeSnapshot());
        });

        it("is replaced when an end gets another name", async () => {
            const pair = await up();
            assert.deepEqual(await pair.diff(inputs({ rightName: "other" })), {
                changes: true,
                replaces: ["rightName"],
            });
            assert.equal(await pair.up(inputs({ rightName: "other" })), "replace");
            assert.equal(await findLink(right(), "veth-r"), undefined);
            assert.deepEqual((await linkOf(right(), "other")).addresses, ["10.1.0.2/24", "fd01::2/64"]);
            await assertSettled(pair);
        });

        describe("leaves alone what is not its own", () => {
            const place = (where: Where): string => (where === undefined ? "on the host" : `in namespace ${where}`);
            const foreign: readonly { what: string; make: () => Promise<unknown>; found: () => string }[] = [
                {
                    what: "a link of another kind",
                    make: () => link(left(), "add", "name", "veth-l", "type", "bridge"),
                    found: () => `a bridge named veth-l ${place(left())}: linuxnet did not create it`,
                },
                {
                    what: "a veth of a person",
                    make: async () => {
                        await link(right(), "add", "name", "veth-r", "type", "veth", "peer", "name", "theirs");
                        await link(right(), "set", "dev", "veth-r", "alias", "mine");
                    },
                    found: () => `a veth named veth-r ${place(right())} (alias "mine"): linuxnet did not create it`,
                },
            ];
            for (const { what, make, found } of foreign) {
                it(what, async () => {
                    await make();
                    const before = await takeSnapshot();
                    const pair = stack.resource("VethPair", "link1");
                    const side = what === "a veth of a person" ? "right" : "left";
                    await assert.rejects(pair.up(inputs()), {
                        message:
                            `${side}.name: given "veth-${side.charAt(0)}"\nexpected what nobody else has\n` +
                            `found ${found()}; remove it, or choose another`,
                    });
                    assertSame(before, await takeSnapshot());
                });
            }

            it("another stack's pair", async () => {
                const other = new Stack("other");
                await other.up("VethPair", "theirs", inputs());
                const before = await takeSnapshot();
                const pair = stack.resource("VethPair", "link1");
                const checked = await pair.check(inputs({ leftAddresses: undefined, rightAddresses: undefined })).then(
                    () => "",
                    (error: Error) => error.message,
                );
                assert.equal(
                    checked,
                    `left.name: given "veth-l"\nexpected what nobody else has\n` +
                        `found a veth named veth-l ${place(left())}: it belongs to lab/other/theirs; choose another stack or name, or destroy that one`,
                );
                assertSame(before, await takeSnapshot());
            });

            it("a link that took the place after the check", async () => {
                const pair = stack.resource("VethPair", "link1");
                await pair.check(inputs());
                await link(left(), "add", "name", "veth-l", "type", "bridge");
                const before = await takeSnapshot();
                await assert.rejects(pair.update(inputs({ leftUp: true })), {
                    message:
                        `found a bridge named veth-l ${place(left())}: linuxnet did not create it.\n` +
                        "Nothing was changed. Remove it, or choose another name or address for the resource, and run again.",
                });
                assertSame(before, await takeSnapshot());
            });

            it("a link that took its place before the deletion", async () => {
                const pair = await up();
                await link(left(), "del", "dev", "veth-l");
                await link(left(), "add", "name", "veth-l", "type", "bridge");
                const before = await takeSnapshot();
                await pair.delete();
                assertSame(before, await takeSnapshot());
                assert.deepEqual((await command(["find", "/run/linuxnet", "-type", "f"]).catch(() => "")).trim(), "");
            });
        });
    });
}
