import assert from "node:assert/strict";
import { parseEveryRoute, routeWords } from "../../provider/route-state";
import { command, ip, type Where } from "../support/kernel";
import { assertReply, assertUnreachable } from "../support/ping";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";

const at = (where: Where): string[] => (where === undefined ? [] : ["-n", where]);

const withoutTime = (text: string): string => text.replace(/expires \d+sec/, "expires");

const FAMILIES = [
    {
        family: 4,
        address: (host: number) => `10.0.0.${host}/24`,
        gateway: (host: number) => `10.0.0.${host}`,
        destination: "10.50.0.0/16",
        target: "10.50.0.1",
        anywhere: "0.0.0.0/0",
        metric: "",
    },
    {
        family: 6,
        address: (host: number) => `fd00::${host}/64`,
        gateway: (host: number) => `fd00::${host}`,
        destination: "fd50::/32",
        target: "fd50::1",
        anywhere: "::/0",
        metric: " metric 1024",
    },
] as const;

for (const { family, address, gateway, destination, target, anywhere, metric } of FAMILIES) {
    for (const onHost of [false, true]) {
        describe(`Route of IPv${family} ${onHost ? "on the host" : "in a namespace"}`, () => {
            const stack = useStack();
            const place = usePlace("here");
            const peer = usePlace("peer");
            const here = (): Where => (onHost ? undefined : place.name);
            const route = (...words: string[]): Promise<string> => ip(...at(here()), `-${family}`, "route", ...words);
            /** What the kernel has for the destination, in its order. */
            const routes = async (to: string = destination, table = "main"): Promise<string[]> => {
                const text = await route("show", "exact", to, "table", table);
                return text
                    .replace(/\n\s+nexthop/g, " nexthop")
                    .split("\n")
                    .filter((line) => line !== "")
                    .map((line) =>
                        line
                            .replace(/ pref medium| linkdown/g, "")
                            .replace(/ +/g, " ")
                            .trim(),
                    );
            };
            /** What differs between the places is how they are entered: a few will do on the host. */
            const some = <T>(all: readonly T[]): readonly T[] => (onHost ? all.slice(0, 2) : all);
            const inputs = (more: Inputs = {}): Inputs => ({
                namespace: here(),
                destination,
                gateway: gateway(2),
                ...more,
            });
            const up = (more: Inputs = {}): Promise<Resource> => stack.up("Route", "way", inputs(more));
            const further = family === 4 ? "10.70.0.0/16" : "fd70::/32";
            const where = () => (onHost ? "on the host" : `in namespace ${place.name}`);
            let pair: Resource;

            const cable = (more: Inputs = {}): Inputs => ({
                leftNamespace: here(),
                leftName: "near",
                leftAddresses: `${address(1)}`,
                rightNamespace: peer.name,
                rightName: "far",
                rightAddresses: `${address(2)}, ${address(3)}`,
                ...more,
            });

            beforeEach("a neighbour", async () => {
                pair = await stack.up("VethPair", "cable", cable());
                await ip("-n", peer.name, "address", "add", target, "dev", "lo");
            });

            /** Of IPv6, neighbours answer for the addresses of the device itself only (ndisc.c). */
            const onLink = (address: string) =>
                ip("-n", peer.name, "address", "add", address, "dev", "far", ...(family === 6 ? ["nodad"] : []));

            it("is there, and leads there", async () => {
                const way = await up({ mtu: 1400 });
                assert.deepEqual(await routes(), [
                    `${destination} via ${gateway(2)} dev near proto 157${metric} mtu 1400`,
                ]);
                await assertReply(here(), target, 64);
                await assertSettled(way);
            });

            it("is gone without a trace when deleted", async () => {
                const before = await takeSnapshot();
                const way = await up();
                await way.delete();
                await assertRestored(before);
            });

            it("can be deleted when it is gone already", async () => {
                const before = await takeSnapshot();
                const way = await up();
                await route("del", destination);
                await way.delete();
                await assertRestored(before);
            });

            const changes: readonly { what: string; from: Inputs; to: Inputs; is: string }[] = [
                {
                    what: "gateway",
                    from: {},
                    to: { gateway: gateway(3) },
                    is: `${destination} via ${gateway(3)} dev near proto 157${metric}`,
                },
                {
                    what: "preferredSource",
                    from: {},
                    to: { preferredSource: gateway(1) },
                    is: `${destination} via ${gateway(2)} dev near proto 157 src ${gateway(1)}${metric}`,
                },
                {
                    what: "mtu",
                    from: { mtu: 1400 },
                    to: { mtu: 1300 },
                    is: `${destination} via ${gateway(2)} dev near proto 157${metric} mtu 1300`,
                },
                {
                    what: "gateway to nexthops",
                    from: {},
                    to: { gateway: undefined, nexthops: `via ${gateway(2)}, via ${gateway(3)} weight 2` },
                    is:
                        `${destination} proto 157${metric} nexthop via ${gateway(2)} dev near weight 1 ` +
                        `nexthop via ${gateway(3)} dev near weight 2`,
                },
                {
                    what: "nexthops to a gateway",
                    from: { gateway: undefined, nexthops: `via ${gateway(2)}, via ${gateway(3)} weight 2` },
                    to: {},
                    is: `${destination} via ${gateway(2)} dev near proto 157${metric}`,
                },
                {
                    what: "weights",
                    from: { gateway: undefined, nexthops: `via ${gateway(2)}, via ${gateway(3)} weight 2` },
                    to: { gateway: undefined, nexthops: `via ${gateway(2)} weight 5, via ${gateway(3)}` },
                    is:
                        `${destination} proto 157${metric} nexthop via ${gateway(2)} dev near weight 5 ` +
                        `nexthop via ${gateway(3)} dev near weight 1`,
                },
                {
                    what: "unicast to blackhole",
                    from: {},
                    to: { gateway: undefined, type: "blackhole" },
                    is: `blackhole ${destination}${family === 6 ? " dev lo" : ""} proto 157${metric}`,
                },
                {
                    what: "blackhole to unreachable",
                    from: { gateway: undefined, type: "blackhole" },
                    to: { gateway: undefined, type: "unreachable" },
                    is: `unreachable ${destination}${family === 6 ? " dev lo" : ""} proto 157${metric}`,
                },
                {
                    what: "prohibit to unicast",
                    from: { gateway: undefined, type: "prohibit" },
                    to: { type: "unicast" },
                    is: `${destination} via ${gateway(2)} dev near proto 157${metric}`,
                },
            ];
            for (const { what, from, to, is } of some(changes)) {
                it(`changes in place: ${what}`, async () => {
                    const way = await up(from);
                    assert.deepEqual((await way.diff(inputs(to))).replaces, []);
                    assert.equal(await way.up(inputs(to)), "update");
                    assert.deepEqual(await routes(), [is]);
                    await assertSettled(way);
                });
                it(`changes back: ${what}`, async () => {
                    const way = await up(from);
                    const before = await takeSnapshot();
                    await way.up(inputs(to));
                    await way.up(inputs(from));
                    assertSame(before, await takeSnapshot());
                    await assertSettled(way);
                });
            }

            for (const [property, value] of [
                ["metric", 77],
                ["table", 77],
                ["device", "near"],
                ["destination", family === 4 ? "10.51.0.0/16" : "fd51::/32"],
            ] as const) {
                it(`is replaced when its ${property} changes`, async () => {
                    const way = await up();
                    assert.deepEqual((await way.diff(inputs({ [property]: value }))).replaces, [property]);
                    assert.equal(await way.up(inputs({ [property]: value })), "replace");
                    await assertSettled(way);
                    const metrics = (await routes()).map((line) => / metric (\d+)/.exec(line)?.[1]);
                    if (property === "metric") assert.deepEqual(metrics, ["77"]);
                    else if (property !== "device") assert.deepEqual(metrics, []);
                });
            }

            for (const type of ["blackhole", "unreachable", "prohibit"] as const) {
                it(`refuses by ${type}`, async () => {
                    const before = await takeSnapshot();
                    const way = await up({ gateway: undefined, type });
                    const texts = {
                        blackhole: /Invalid argument/,
                        unreachable: /No route to host|unreachable/i,
                        prohibit: /denied|Permission/i,
                    };
                    const output = await command(["sh", "-c", `ip -${family} route get ${target} 2>&1 || true`], {
                        where: here(),
                    });
                    assert.match(output, texts[type]);
                    await assertSettled(way);
                    await way.delete();
                    await assertRestored(before);
                });
            }

            it("lives in a table of its own", async () => {
                const before = await takeSnapshot();
                const way = await up({ table: 777, metric: 5 });
                assert.deepEqual(await routes(), []);
                assert.deepEqual(await routes(destination, "777"), [
                    `${destination} via ${gateway(2)} dev near proto 157 metric 5`,
                ]);
                await assertSettled(way);
                await way.delete();
                await assertRestored(before);
            });

            it("lives beside others of another metric", async () => {
                const one = await up({ metric: 5 });
                const two = await stack.up("Route", "other", inputs({ metric: 7, gateway: gateway(3) }));
                await assertSettled(one, two);
                const both = await routes();
                assert.deepEqual(both, [
                    `${destination} via ${gateway(2)} dev near proto 157 metric 5`,
                    `${destination} via ${gateway(3)} dev near proto 157 metric 7`,
                ]);
                await one.delete();
                assert.deepEqual(await routes(), both.slice(1));
            });

            it("is the default", async () => {
                const way = await up({ destination: "default" });
                assert.deepEqual(await routes(anywhere), [`default via ${gateway(2)} dev near proto 157${metric}`]);
                await assertSettled(way);
                const before = await takeSnapshot();
                assert.equal(await way.up(inputs({ destination: anywhere })), "replace");
                assertSame(before, await takeSnapshot());
            });

            it("is another one by a gateway of the other family, and the first one goes", async () => {
                const before = await takeSnapshot();
                await pair.up(
                    cable({ leftAddresses: "10.0.0.1/24, fd00::1/64", rightAddresses: "10.0.0.2/24, fd00::2/64" }),
                );
                const way = await up({ destination: "default" });
                const other = inputs({ destination: "default", gateway: family === 4 ? "fd00::2" : "10.0.0.2" });
                assert.deepEqual((await way.diff(other)).replaces, ["gateway"]);
                assert.equal(await way.up(other), "replace");
                assert.deepEqual(await routes(anywhere), []);
                await assertSettled(way);
                await way.delete();
                await pair.up(cable());
                await assertRestored(before);
            });

            it("leads to a host on the link itself", async () => {
                await ip("-n", peer.name, "address", "del", target, "dev", "lo");
                await onLink(target);
                const way = await up({ gateway: undefined, device: "near", destination: target });
                assert.deepEqual(await routes(target), [
                    family === 4
                        ? `${target} dev near proto 157 scope link`
                        : `${target} dev near proto 157 metric 1024`,
                ]);
                await assertReply(here(), target, 64);
                await assertSettled(way);
            });

            it("has a gateway that only onlink reaches", async () => {
                const outside = family === 4 ? "10.99.0.1" : "fd99::1";
                await onLink(outside);
                const way = await up({ gateway: outside, device: "near", onlink: true });
                await assertReply(here(), target, 64);
                await assertSettled(way);
            });

            const repairs: readonly {
                what: string;
                more?: Inputs;
                prepare?: () => Promise<unknown>;
                harm: () => Promise<unknown>;
                shows: readonly string[];
            }[] = [
                { what: "it was deleted", harm: () => route("del", destination), shows: ["gone"] },
                {
                    what: "it was replaced by one with another gateway",
                    harm: () => route("replace", destination, "via", gateway(3), "proto", "157"),
                    shows: [`gateway: ${gateway(2)} → ${gateway(3)}`],
                },
                {
                    what: "its MTU was changed",
                    harm: () => route("replace", destination, "via", gateway(2), "proto", "157", "mtu", "1300"),
                    shows: ["mtu: (absent) → 1300"],
                },
                {
                    what: "it became several ways",
                    harm: () =>
                        route(
                            ...["replace", destination, "proto", "157"],
                            ...["nexthop", "via", gateway(2), "nexthop", "via", gateway(3)],
                        ),
                    shows: [
                        `gateway: ${gateway(2)} → (absent)`,
                        `nexthops: (absent) → via ${gateway(2)} dev near, via ${gateway(3)} dev near`,
                    ],
                },
                {
                    what: "it was led over another device",
                    more: { device: "near" },
                    prepare: () => ip(...at(here()), "link", "add", "name", "near2", "up", "type", "bridge"),
                    harm: () => route("replace", destination, "dev", "near2", "proto", "157"),
                    shows: ["device: near → near2", `gateway: ${gateway(2)} → (absent)`],
                },
                {
                    what: "it became a black hole",
                    harm: async () => {
                        await route("del", destination);
                        await route("add", "blackhole", destination, "proto", "157");
                    },
                    shows: [`gateway: ${gateway(2)} → (absent)`, "type: (absent) → blackhole"],
                },
                {
                    what: "its link was down and up again",
                    harm: async () => {
                        await ip(...at(here()), "link", "set", "dev", "near", "down");
                        await ip(...at(here()), "link", "set", "dev", "near", "up");
                        if (family === 6) {
                            await ip(...at(here()), "address", "add", address(1), "dev", "near", "nodad");
                        }
                    },
                    shows: ["gone"],
                },
            ];
            for (const { what, more, prepare, harm, shows } of some(repairs)) {
                it(`is repaired after ${what}`, async () => {
                    const way = await up(more);
                    await prepare?.();
                    const whole = await takeSnapshot();
                    await harm();
                    assert.deepEqual(await way.refresh(), shows);
                    await way.up(inputs(more));
                    assertSame(whole, await takeSnapshot());
                    await assertSettled(way);
                });
            }

            for (const isRefreshed of [false, true]) {
                for (const [what, hops] of [
                    ["gateway", [2]],
                    ["gateways", [2, 3]],
                ] as const) {
                    it(`goes with its own ${what}, and leaves another that a person has appended${isRefreshed ? ", and a refresh has seen" : ""}`, async () => {
                        const nexthops = hops.map((host) => `via ${gateway(host)}`).join(", ");
                        const way = await up(hops.length === 1 ? {} : { gateway: undefined, nexthops });
                        await route("append", destination, "via", gateway(4), "dev", "near");
                        if (isRefreshed) await way.refresh();
                        await way.delete();
                        assert.deepEqual(await routes(), [`${destination} via ${gateway(4)} dev near${metric}`]);
                    });
                }
            }

            it("tells when the place was taken by a person's route after it was deleted", async () => {
                const way = await up();
                await route("replace", destination, "via", gateway(3));
                const before = await takeSnapshot();
                assert.deepEqual(await way.refresh(), ["gone"]);
                await assert.rejects(way.up(inputs()), (error: Error) => {
                    assert.match(error.message, /linuxnet did not create it/);
                    return true;
                });
                assertSame(before, await takeSnapshot());
            });

            // IPv6 has one route of a key.
            if (family === 4) {
                it("is found behind a person's route of the same key, and changed there", async () => {
                    const way = await up();
                    await route("prepend", destination, "via", gateway(3));
                    assert.deepEqual(await way.refresh(), []);
                    const theirs = `${destination} via ${gateway(3)} dev near`;
                    assert.equal((await routes())[0], theirs);
                    await way.up(inputs({ mtu: 1300 }));
                    assert.deepEqual(await routes(), [
                        theirs,
                        `${destination} via ${gateway(2)} dev near proto 157 mtu 1300`,
                    ]);
                    await assertSettled(way);
                    await way.delete();
                    assert.deepEqual(await routes(), [theirs]);
                });
            }

            describe("leaves alone what is not its own", () => {
                it("a person's route", async () => {
                    await route("add", destination, "via", gateway(3), "metric", "1024");
                    const before = await takeSnapshot();
                    const words = `${destination} via ${gateway(3)} dev near metric 1024 proto 3`;
                    await assert.rejects(up({ metric: 1024 }), {
                        message:
                            `destination: given "${destination}"\nexpected what nobody else has\n` +
                            `found a route "${words}" ${where()}: linuxnet did not create it; remove it, or choose another`,
                    });
                    assertSame(before, await takeSnapshot());
                });

                it("another stack's route", async () => {
                    const other = new Stack("other");
                    await other.up("Route", "theirs", inputs({ gateway: gateway(3) }));
                    const before = await takeSnapshot();
                    await assert.rejects(up(), (error: Error) => {
                        assert.match(
                            error.message,
                            /it belongs to lab\/other\/theirs; choose another stack or name, or destroy that one$/,
                        );
                        return true;
                    });
                    await assert.rejects(stack.resource("Route", "late").update(inputs() as Record<string, unknown>), {
                        message: /it belongs to lab\/other\/theirs\.\nNothing was changed/,
                    });
                    assertSame(before, await takeSnapshot());
                });
            });

            describe("comes back in the same update", () => {
                const theirs = family === 4 ? "10.60.0.0/16" : "fd60::/32";
                const losses: readonly { what: string; change: () => Promise<unknown> }[] = [
                    {
                        what: "its device's MAC changes",
                        change: () => pair.up(cable({ leftMacAddress: "02:00:00:00:00:42" })),
                    },
                    { what: "its device's MTU changes", change: () => pair.up(cable({ leftMtu: 1400 })) },
                    {
                        what: "the device's address is another of the same subnet",
                        change: () => pair.up(cable({ leftAddresses: address(9) })),
                    },
                    {
                        what: "the device's addresses are repaired",
                        change: async () => {
                            await ip(...at(here()), "address", "flush", "dev", "near", "scope", "global");
                            await pair.update();
                        },
                    },
                    {
                        what: "the device is deleted, and made anew by an update",
                        change: async () => {
                            await ip(...at(here()), "link", "del", "dev", "near");
                            await pair.update();
                        },
                    },
                ];
                for (const { what, change } of some(losses)) {
                    it(`after ${what}`, async () => {
                        const way = await up();
                        const several = await stack.up("Route", "several", {
                            namespace: here(),
                            destination: family === 4 ? "10.52.0.0/16" : "fd52::/32",
                            nexthops: `via ${gateway(2)}, via ${gateway(3)}`,
                        });
                        await route("add", theirs, "via", gateway(3));
                        const before = [await routes(), await routes(theirs)];
                        const multi = await routes(family === 4 ? "10.52.0.0/16" : "fd52::/32");
                        await change();
                        assert.deepEqual(await routes(), before[0]);
                        assert.deepEqual(await routes(family === 4 ? "10.52.0.0/16" : "fd52::/32"), multi);
                        if (!/deleted|repaired/.test(what)) assert.deepEqual(await routes(theirs), before[1]);
                        await assertReply(here(), target, 64);
                        await assertSettled(way, several);
                    });
                }

                it("after its device is deleted, and both are refreshed and made anew", async () => {
                    const way = await up({ device: "near" });
                    const before = await routes();
                    await ip(...at(here()), "link", "del", "dev", "near");
                    assert.deepEqual([await pair.refresh(), await way.refresh()], [["gone"], ["gone"]]);
                    assert.equal(await pair.up(cable()), "create");
                    assert.equal(await way.up(inputs({ device: "near" })), "create");
                    assert.deepEqual(await routes(), before);
                    await assertSettled(pair, way);
                });

                it("after its device was down for a while, by our own will", async () => {
                    const way = await up();
                    const before = await takeSnapshot();
                    await pair.up(cable({ leftUp: false, leftAddresses: family === 4 ? address(1) : undefined }));
                    assert.deepEqual(await routes(), []);
                    await pair.up(cable());
                    assertSame(before, await takeSnapshot());
                    await assertSettled(way, pair);
                });
            });

            it("does not come back from its removal while an address of its device is changed", async () => {
                await pair.up(cable({ leftAddresses: `${address(1)}, ${address(5)}` }));
                const another = await new Stack("another").up("Route", "way", inputs());
                const device = { namespace: here(), device: "near" };
                await stack.up("Address", "more", { ...device, address: address(7) });
                const changed = pair.update(cable({ leftAddresses: `${address(5)}, ${address(1)}, ${address(9)}` }));
                await another.delete();
                await changed;
                assert.deepEqual(await routes(), []);
            });

            it("leads over a gateway that is the peer of an address", async () => {
                const beyond = family === 4 ? "10.8.0.1/32" : "fd08::1/128";
                const theirs = (...words: string[]) => ip(...at(here()), ...words);
                const dad = family === 6 ? ["nodad"] : [];
                await theirs("link", "add", "name", "theirs", "type", "veth", "peer", "name", "theirs-far");
                for (const end of ["theirs", "theirs-far"]) await theirs("link", "set", "dev", end, "up");
                await theirs("address", "add", gateway(9), "peer", beyond, "dev", "theirs", ...dad);
                const way = await up({ gateway: beyond.split("/")[0] });
                await assertSettled(way);
            });

            it("of a person is made again as it was by the words that it is read to", async () => {
                const peculiar =
                    family === 4
                        ? [
                              "window 5000 rtt 100ms rttvar 50ms ssthresh 10 cwnd 11 reordering 5 rto_min lock 200ms",
                              "tos 0x08 realms 4/5",
                              "realms 4 initcwnd 12",
                          ]
                        : ["pref high expires 3000", "from fd99::/64"];
                const common =
                    "mtu 1400 advmss 1300 initcwnd 20 initrwnd 30 hoplimit 33 features ecn quickack 1 congctl reno";
                for (const words of [common, ...peculiar].map((one) => one.replace(" lock", "").split(" "))) {
                    await route("add", destination, "via", gateway(3), ...words);
                    const shown = () => ip(...at(here()), `-${family}`, "-d", "route", "show", "exact", destination);
                    const before = await shown();
                    const found = parseEveryRoute(
                        await ip(...at(here()), "-N", "-j", "-d", `-${family}`, "route", "show", "exact", destination),
                    );
                    await route("flush", "exact", destination);
                    assert.equal(await shown(), "");
                    for (const one of found) await route("add", ...routeWords(one).map(String));
                    assert.equal(withoutTime(await shown()), withoutTime(before));
                    await route("flush", "exact", destination);
                }
            });

            it("of a person keeps what it has where its source goes for a moment, and ours its source", async () => {
                const more = { leftAddresses: address(1) };
                await pair.up(cable(more));
                const way = await up({ preferredSource: gateway(1) });
                const next = (...words: string[]) => ip(...at(here()), "nexthop", ...words);
                await next("add", "id", "7", "via", gateway(3), "dev", "near");
                await route("add", target, "via", gateway(3), "src", gateway(1), "advmss", "1300", "initcwnd", "20");
                await route("add", further, "nhid", "7", "src", gateway(1), "mtu", "1300");
                const before = [await routes(), await routes(target), await routes(further)];
                assert.match(before.join("\n"), /nhid 7.* mtu 1300/);
                await pair.up(
                    cable({ leftAddresses: family === 4 ? `${address(5)}, ${address(1)}` : `${gateway(1)}/48` }),
                );
                assert.deepEqual([await routes(), await routes(target), await routes(further)], before);
                await assertSettled(way, pair);
            });

            it("says what is wrong with a gateway that nobody reaches", async () => {
                const outside = family === 4 ? "172.16.0.1" : "fdff::1";
                await assert.rejects(up({ gateway: outside }), (error: Error) => {
                    assert.match(
                        error.message,
                        new RegExp(`^gateway: given "${outside}"\nexpected an address in a subnet`),
                    );
                    return true;
                });
            });

            it("fails with the kernel's words where the kernel refuses, and leaves nothing", async () => {
                const before = await takeSnapshot();
                const way = stack.resource("Route", "way");
                await assert.rejects(way.up(inputs({ device: "absent" })), (error: Error) => {
                    assert.match(error.message, /^device: given "absent"\nexpected a device /);
                    return true;
                });
                await assert.rejects(way.create(inputs({ device: "absent" })), (error: Error) => {
                    assert.match(error.message, /Cannot find device "absent"/);
                    return true;
                });
                assert.equal(way.id, undefined);
                await assertRestored(before);
            });

            if (!onHost) {
                it("answers nothing from a place that is gone", async () => {
                    const way = await up();
                    await ip("netns", "del", place.name);
                    assert.deepEqual(await way.refresh(), ["gone"]);
                    await way.delete();
                    await assertUnreachable(peer.name, "192.0.2.1", /unreachable/i);
                });
            }
        });
    }
}
