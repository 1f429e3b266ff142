import assert from "node:assert/strict";
import { type LinkState, parseLinks } from "../../provider/link";
import { namespace } from "../../provider/namespace";
import { Conflict } from "../../provider/problem";
import { recordFile } from "../../provider/record";
import { GROUP, lines, link, OTHERS, owner, story, TAG } from "./states";

const spec = { name: "ns1" };
type Presence = "absent" | "present" | "stale" | "other";

const lo = (more: Partial<LinkState> = {}): LinkState =>
    link({ name: "lo", kind: "device", group: 0, index: 1, ...more });
const veth = (more: Partial<LinkState> = {}): LinkState => link({ name: "veth0", kind: "veth", ...more });

const see = (presence: Presence, links: readonly LinkState[] = [], recorded?: Parameters<typeof story>[1]) =>
    namespace.observe({ presence, links }, spec, story(spec, recorded));
const found = (...links: LinkState[]) => see("present", links).state;
const STALE = { loopback: undefined, links: [], stale: true };

const ADD = ["ip netns add ns1 && ip -n ns1 link set lo up"];

describe("a plan for a namespace", () => {
    it("creates it with its loopback up", () => {
        const plan = namespace.plan(undefined, spec, spec, story(spec));
        assert.deepEqual(lines(plan), ADD);
        const [add] = plan;
        const argv = add?.kind === "tool" ? add.argv : [];
        const script = argv[4] ?? "";
        assert.deepEqual(argv.toSpliced(4, 1), [
            "unshare",
            "-n",
            "sh",
            "-c",
            "sh",
            "ns1",
            TAG,
            "/run/linuxnet/netns.ns1",
        ]);
        // What was recorded of its predecessor goes first; then it is tagged, and has a name at last.
        const order = ["rm -rf", "alias", "netns attach"].map((part) => script.indexOf(part));
        assert.deepEqual(
            order,
            order.toSorted((one, other) => one - other),
        );
        assert.ok(!order.includes(-1), script);
    });

    it("makes it anew where an earlier boot has left its file", () => {
        assert.deepEqual(lines(namespace.plan(STALE, spec, spec, story(spec, { mine: spec }))), [
            "ip netns del ns1",
            ...ADD,
        ]);
    });

    it("has nothing to do where it is, whatever is inside", () => {
        assert.deepEqual(namespace.plan(found(lo(), veth({ group: 0 })), spec, spec, story(spec, { mine: spec })), []);
    });

    it("sets its loopback up again", () => {
        const plan = namespace.plan(found(lo({ up: false })), spec, spec, story(spec, { mine: spec }));
        assert.deepEqual(lines(plan), ["ip -n ns1 link set dev lo up"]);
    });

    it("sets its loopback down where it is to be", () => {
        const down = { ...spec, loopback: "down" as const };
        const plan = (up: boolean) => lines(namespace.plan(found(lo({ up })), down, down, story(down, { mine: down })));
        assert.deepEqual(plan(true), ["ip -n ns1 link set dev lo down"]);
        assert.deepEqual(plan(false), []);
    });

    const remove = (...links: LinkState[]): string[] =>
        lines(namespace.plan(found(lo(), ...links), undefined, spec, story(undefined, { mine: spec })));

    it("removes it, and with its record those of what was in it", () => {
        assert.deepEqual(remove(), ["ip netns pids ns1", "ip netns del ns1"]);
        assert.equal(namespace.forgets?.(spec), "ns1");
    });

    it("removes what this stack has inside first", () => {
        assert.deepEqual(remove(veth()), [
            "ip netns pids ns1",
            `ip -n ns1 link del group ${GROUP}`,
            "ip netns del ns1",
        ]);
    });

    it("does not mind the kernel's own tunnels", () => {
        const tunnels = ["tunl0", "sit0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6tnl0", "ip6gre0"];
        const removal = remove(...tunnels.map((name) => lo({ name })));
        assert.deepEqual(removal, ["ip netns pids ns1", "ip netns del ns1"]);
    });

    it("reads what ip prints of a device that stands on none", () => {
        // Linux 6.18, iproute2 6.1; of a tunnel that the kernel puts into each new namespace as well.
        const text =
            '[{"ifindex":2,"link":null,"ifname":"pimreg","flags":["NOARP","UP","LOWER_UP"],"mtu":1472,"qdisc":"noqueue","operstate":"UNKNOWN","group":"0","txqlen":1000,"link_type":"[779]","promiscuity":0,"allmulti":1,"min_mtu":0,"max_mtu":0,"num_tx_queues":1,"num_rx_queues":1,"gso_max_size":65536,"gso_max_segs":65535,"tso_max_size":65536,"tso_max_segs":65535,"gro_max_size":65536,"addr_info":[]}]';
        const [found] = parseLinks(text);
        assert.deepEqual([found?.name, found?.mtu, found?.peerName], ["pimreg", 1472, undefined]);
    });

    it("does not take along what is not ours", () => {
        const message = (what: string) => `found ${what}.\nns1 was not deleted. Remove it, and run again.`;
        const stranger = veth({ name: "wlan0", kind: "device", alias: undefined, group: 0 });
        assert.throws(
            () => remove(veth(), stranger),
            (error: unknown) => {
                assert.ok(error instanceof Conflict);
                assert.equal(
                    error.message,
                    message("a device named wlan0 in namespace ns1: linuxnet did not create it"),
                );
                return true;
            },
        );
        assert.throws(() => remove(veth({ group: 7, alias: `linuxnet:${OTHERS}` })), {
            message: message(`a veth named veth0 in namespace ns1: it belongs to ${OTHERS}`),
        });
    });

    it("asks who lives in it before it goes", () => {
        const [look] = namespace.plan(found(lo()), undefined, spec, story(undefined, { mine: spec }));
        const argv = look?.kind === "tool" ? look.argv : [];
        assert.deepEqual([argv[0], argv[1], argv[3], argv[4]], ["sh", "-c", "sh", "/run/netns/ns1"]);
        assert.match(argv[2] ?? "", /processes live in it/);
    });

    it("removes a file of an earlier boot, and nothing where it is gone", () => {
        const recorded = story(undefined, { mine: spec });
        const plan = namespace.plan(STALE, undefined, spec, recorded);
        assert.deepEqual(lines(plan), ["ip netns del ns1"]);
        const [sh, c, script = "", ...words] = plan[0]?.kind === "tool" ? plan[0].argv : [];
        assert.deepEqual([sh, c, ...words], ["sh", "-c", "sh", "ns1"]);
        assert.match(script, /nsfs.*exit 1; }; ip netns del "\$1"$/);
        assert.deepEqual(namespace.plan(undefined, undefined, spec, recorded), []);
    });
});

describe("what is seen of a namespace", () => {
    it("is nothing", () => assert.deepEqual(see("absent"), { state: undefined }));

    it("is ours, by the tag on its loopback", () => {
        assert.deepEqual(see("present", [lo(), veth()]), { state: { loopback: lo(), links: [veth()], stale: false } });
    });

    it("is a stranger's, or another stack's", () => {
        const foreign = (of: string | undefined) => ({
            state: undefined,
            foreign: { property: "name", what: "a namespace named ns1", owner: of },
        });
        assert.deepEqual(see("present", [lo({ alias: undefined })], { mine: spec }), foreign(undefined));
        assert.deepEqual(see("present", [lo({ alias: "x" })]), foreign(undefined));
        assert.deepEqual(see("present", [lo({ alias: `linuxnet:${OTHERS}` })]), foreign(OTHERS));
    });

    it("is a file without a namespace where nobody can enter it", () => {
        assert.deepEqual(see("present", [], { mine: spec }), { state: STALE });
        assert.match(see("present", []).foreign?.what ?? "", /^a file .* without a network namespace/);
    });

    it("is a file of ours from before the boot", () => {
        assert.deepEqual(see("stale", [], { mine: spec }), { state: STALE });
        assert.deepEqual(see("stale", [], { mine: spec, stale: true }), { state: STALE });
        assert.equal(namespace.intact?.(STALE), false);
        assert.equal(namespace.intact?.({ ...STALE, stale: false }), true);
    });

    it("is somebody's file without a namespace", () => {
        assert.deepEqual(see("stale"), {
            state: undefined,
            foreign: {
                property: "name",
                what: 'a file /run/netns/ns1 without a network namespace ("ip netns del ns1" removes it)',
            },
        });
    });

    it("is somebody's folder, or link to nowhere, ours or not", () => {
        const foreign = { property: "name", what: "/run/netns/ns1 is in the way" };
        assert.deepEqual(see("other"), { state: undefined, foreign });
        assert.deepEqual(see("other", [], { mine: spec }), { state: undefined, foreign });
    });

    it("is asked for by its name", () => {
        const { presence } = namespace.queries(spec, owner);
        assert.equal(presence.ask, "/run/netns/ns1 entered");
        assert.equal(presence.about, "ns1");
        assert.equal(presence.read("/run/netns/ns1 stale"), "stale");
        assert.equal(presence.read(undefined), "absent");
    });
});

describe("a namespace", () => {
    it("is read back with its loopback, if that is down", () => {
        const inputs = (...links: LinkState[]) => {
            const state = found(...links);
            return state && namespace.inputs(state, spec);
        };
        assert.deepEqual(inputs(lo()), { name: "ns1" });
        assert.deepEqual(inputs(lo({ up: false })), { name: "ns1", loopback: "down" });
    });

    it("is known by its name, and recorded on the host, not in itself", () => {
        assert.equal(namespace.id(spec), "ns1");
        const { place, key } = namespace.record(spec);
        assert.equal(recordFile(place, namespace.name, key).path, "/run/linuxnet/host/Namespace.ns1.json");
        assert.deepEqual(namespace.disturbs?.(spec), [{ place: "ns1", name: "lo" }]);
    });
});
