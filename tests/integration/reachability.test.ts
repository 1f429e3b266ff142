import assert from "node:assert/strict";
import { requireFeature } from "../support/features";
import { command, ip } from "../support/kernel";
import { type Inputs, useStack } from "../support/provider";

/** The router lab: a - router - b, both families. */
describe("Reachability", () => {
    const stack = useStack();

    async function lab(leave: readonly string[] = []): Promise<void> {
        const up = (...args: Parameters<typeof stack.up>) => (leave.includes(args[1]) ? undefined : stack.up(...args));
        for (const name of ["a", "router", "b"]) await up("Namespace", name, { name });
        for (const [index, name] of ["a", "b"].entries()) {
            await up("VethPair", `link-${name}`, {
                leftNamespace: name,
                leftName: "eth0",
                leftAddresses: `10.${index}.0.2/24, fd0${index}::2/64`,
                rightNamespace: "router",
                rightName: `to-${name}`,
                rightAddresses: `10.${index}.0.1/24, fd0${index}::1/64`,
            });
        }
        await up("ForwardingSetting", "forwarding", { namespace: "router", ipv4: true, ipv6: true });
        for (const [index, name] of ["a", "b"].entries()) {
            for (const [family, gateway] of Object.entries({ 4: `10.${index}.0.1`, 6: `fd0${index}::1` })) {
                const inputs = { namespace: name, destination: "default", gateway, device: "eth0" };
                await up("Route", `${name}-default-${family}`, inputs);
            }
        }
    }
    const check = (more: Inputs) =>
        stack.up("Reachability", "check", { fromNamespace: "a", timeoutSeconds: 1, ...more });

    const met: readonly [string, Inputs, RegExp][] = [
        ["IPv4", { to: "10.1.0.2" }, /^reply, ttl 63$/],
        ["IPv6, at once", { to: "fd01::2" }, /^reply, ttl 63$/],
        ["a ttl", { to: "fd01::2", expectTtl: 63 }, /^reply, ttl 63$/],
        ["a whole packet that may not be split", { to: "10.1.0.2", packetBytes: 1500, dontFragment: true }, /ttl 63/],
        ["a refusal", { to: "10.99.0.1", expect: "unreachable" }, /^Destination Net Unreachable/],
        ["a refusal of IPv6", { to: "fd99::1", expect: "unreachable" }, /Destination unreachable|No route/],
        [
            "a packet too big",
            { to: "10.1.0.2", packetBytes: 1501, dontFragment: true, expect: "unreachable" },
            /[Mm]essage too long/,
        ],
        ["silence", { to: "10.1.0.77", expect: "no-reply" }, /^no answer$/],
    ];
    for (const [what, inputs, result] of met) {
        it(`is met: ${what}`, async () => {
            await lab();
            const found = await check(inputs);
            assert.match(String(found.outputs["result"]), result);
            assert.equal(await found.up({ fromNamespace: "a", timeoutSeconds: 1, ...inputs }), "same");
            assert.equal(
                await found.up({ fromNamespace: "a", timeoutSeconds: 1, ...inputs, triggers: "another" }),
                "update",
            );
            assert.deepEqual(await found.refresh(), []);
        });
    }

    const unmet: readonly [string, Inputs, readonly string[], string[]][] = [
        [
            "there is no forwarding",
            { to: "10.1.0.2" },
            ["forwarding"],
            [
                "expected reply, got no answer",
                "look at: router does not forward: declare a ForwardingSetting with ipv4: true",
            ],
        ],
        [
            "there is no route",
            { to: "10.1.0.2" },
            ["a-default-4"],
            ["expected reply, got Network is unreachable", "look at: a has no route to 10.1.0.2: declare a Route"],
        ],
        [
            "there is no way back",
            { to: "fd01::2" },
            ["b-default-6"],
            ["expected reply, got no answer", "look at: the way back: b has no route to fd00::2: declare a Route"],
        ],
        [
            "the ttl is another",
            { to: "10.1.0.2", expectTtl: 64 },
            [],
            ["expected reply with ttl 64, got reply, ttl 63"],
        ],
        ["there is an answer", { to: "10.1.0.2", expect: "no-reply" }, [], ["expected no-reply, got reply, ttl 63"]],
    ];
    for (const [what, inputs, leave, [first = "", last]] of unmet) {
        it(`is unmet where ${what}, and says what to look at`, async () => {
            await lab(leave);
            await assert.rejects(check(inputs), ({ message }: Error) => {
                const lines = message.split("\n");
                assert.equal(lines[0]?.replace(/ \(from .*\)$/, ""), first);
                assert.match(lines[1] ?? "", /^sent: ip netns exec a ping .* (10\.1\.0\.2|fd01::2)$/);
                assert.equal(lines[2], last);
                return true;
            });
        });
    }

    it("says that an end is down", async () => {
        await lab();
        await ip("-n", "b", "link", "set", "dev", "eth0", "down");
        await assert.rejects(check({ to: "10.1.0.2" }), ({ message }: Error) => {
            assert.match(message, /look at: to-b in router has no carrier: one of its ends is down$/);
            return true;
        });
    });

    /** a and b on bridges of a third namespace. */
    async function bridged(bridges: Readonly<Record<"a" | "b", string>> = { a: "br0", b: "br0" }): Promise<void> {
        for (const name of ["a", "b", "switch"]) await stack.up("Namespace", name, { name });
        for (const name of new Set(Object.values(bridges))) {
            await stack.up("Bridge", name, { namespace: "switch", name });
        }
        for (const [index, [name, rightBridge]] of Object.entries(bridges).entries()) {
            await stack.up("VethPair", `link-${name}`, {
                leftNamespace: name,
                leftName: "eth0",
                leftAddresses: `10.0.0.${index + 1}/24`,
                rightNamespace: "switch",
                rightName: `port-${name}`,
                rightBridge,
            });
        }
    }

    it("says which device is down where routes show nothing of it, and nothing of a firewall", async () => {
        await bridged();
        await ip("-n", "switch", "link", "set", "dev", "br0", "down");
        await assert.rejects(check({ to: "10.0.0.2" }), ({ message }: Error) => {
            assert.match(message, /look at: br0 in switch is down$/);
            return true;
        });
    });

    it("says what the program has not joined, where routes show nothing of it", async () => {
        await bridged({ a: "br0", b: "br1" });
        await assert.rejects(check({ to: "10.0.0.2" }), ({ message }: Error) => {
            assert.match(
                message,
                /look at: eth0 in b has 10\.0\.0\.2, and is not on the network of eth0 in a: join them by a bridge/,
            );
            return true;
        });
    });

    /** A firewall that drops all that comes by a hook. */
    const drop = async (where: string, hook: string): Promise<void> => {
        await command(["nft", "add table ip probe"], { where });
        await command(["nft", `add chain ip probe hooked { type filter hook ${hook} priority 0; policy drop; }`], {
            where,
        });
    };

    it("says nothing of what bridges carry where the firewall is elsewhere", async function () {
        await requireFeature(this, "nftables");
        await bridged();
        await drop("b", "input");
        await assert.rejects(check({ to: "10.0.0.2" }), ({ message }: Error) => {
            assert.match(message, /look at: routes and forwarding are right on every hop: look for a firewall/);
            return true;
        });
    });

    it("says that a firewall has what a bridge carries, where one does", async function () {
        await requireFeature(this, "nftables");
        await requireFeature(this, "br_netfilter");
        await bridged();
        await drop("switch", "forward");
        await command(["sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1"], { where: "switch" });
        await assert.rejects(check({ to: "10.0.0.2" }), ({ message }: Error) => {
            assert.match(
                message,
                /look at: br_netfilter gives what br0 in switch carries to the firewall there, which drops packets \(ip netns exec switch nft list ruleset\)$/,
            );
            return true;
        });
        await command(["sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0"], { where: "switch" });
        assert.equal((await check({ to: "10.0.0.2" })).outputs["result"], "reply, ttl 64");
    });

    it("waits for what comes up a moment later", async () => {
        await lab();
        await ip("-n", "b", "link", "set", "dev", "eth0", "down");
        setTimeout(() => ip("-n", "b", "link", "set", "dev", "eth0", "up"), 700);
        setTimeout(() => ip("-n", "b", "route", "add", "default", "via", "10.1.0.1"), 900);
        const found = await check({ to: "10.1.0.2", timeoutSeconds: 6 });
        assert.equal(found.outputs["result"], "reply, ttl 63");
    });
});
