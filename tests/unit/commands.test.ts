import assert from "node:assert/strict";
import { script } from "../../cli/commands/script";
import { readSteps } from "../../cli/commands/steps";
import { UNKNOWN } from "../../model/schema";
import { bridge } from "../../provider/bridge";
import { type Planned, planSteps, type Step } from "../../provider/commands";
import { forwardingSetting } from "../../provider/forwarding-setting";
import { type Command, ip, setting } from "../../provider/host/command";
import { addHost, addNamespace, deleteHost, deleteNamespace } from "../../provider/host/netns";
import { scriptLines } from "../../provider/host/script";
import { shellWord } from "../../provider/host/shell-word";
import { plainWords } from "../../provider/host/ssh";
import type { LinkState } from "../../provider/link";
import { type Planner, planners, type Wish } from "../../provider/planner";
import { devicesOf } from "../../provider/program";
import { vxlan } from "../../provider/vxlan";
import { GROUP, story, TAG } from "./states";

const KIND = "pulumi-nodejs:linuxnet:Bridge";

const event = (op: string, old?: object, wanted?: object, type = KIND): string =>
    JSON.stringify({
        resourcePreEvent: {
            metadata: {
                op,
                type,
                urn: `urn:pulumi:dev::lab::${type}::one`,
                old: old ? { custom: true, inputs: old } : null,
                new: wanted ? { custom: true, inputs: wanted } : null,
            },
        },
    });

describe("a word of a shell", () => {
    for (const plain of ["br0", "192.168.1.1/24", "linuxnet:lab/dev/link1", "net.ipv4.ip_forward=1", "a%20b"]) {
        it(`is ${plain} as it stands`, () => assert.equal(shellWord(plain), plain));
    }
    const quoted = [
        ["", "''"],
        ["a b", "'a b'"],
        ["$(id)", "'$(id)'"],
        ["it's", "'it'\\''s'"],
        ["~root", "'~root'"],
        ["*", "'*'"],
        ["a\nb", "'a\nb'"],
    ] as const;
    for (const [text, word] of quoted) {
        it(`is quoted where a shell would take it for more: ${JSON.stringify(text)}`, () =>
            assert.equal(shellWord(text), word));
    }
});

/** What every new device of a namespace begins with. */
const quiet = (inside: string): string[] => [
    `${inside} sysctl -q -w \\`,
    "    net.ipv4.conf.default.promote_secondaries=1 \\",
    "    net.ipv4.conf.default.arp_notify=1",
    `${inside} sysctl -q -e -w \\`,
    "    net.ipv6.conf.default.accept_dad=0 \\",
    "    net.ipv6.conf.default.ndisc_notify=1",
];

describe("commands as lines of a script", () => {
    const cases: readonly (readonly [string, Command[], string[]])[] = [
        ["of the host itself", [ip("", "link", "set", "dev", "br0", "up")], ["ip link set dev br0 up"]],
        ["in a namespace", [ip("ns1", "route", "del", "default")], ["ip -n ns1 route del default"]],
        [
            "in a simulated host",
            [ip("left/", "link", "set", "dev", "br0", "up"), ip("left/ns1", "addr", "flush", "dev", "a")],
            [
                "nsenter --net=/run/linuxnet/hosts/left/net ip link set dev br0 up",
                "nsenter --net=/run/linuxnet/hosts/left/netns/ns1 ip addr flush dev a",
            ],
        ],
        ["on another machine, as there", [ip("left:ns1", "route", "del", "default")], ["ip -n ns1 route del default"]],
        [
            "that may fail",
            [{ ...ip("", "route", "add", "default"), optional: true }, ip("ns1", "link", "del", "group", 7)],
            ["ip route add default || true", "ip -n ns1 link del group 7 || true"],
        ],
        [
            "for settings, those of a kind together, in their order",
            [
                setting("ns1", "net/ipv4/conf/a/arp_notify", "1"),
                setting("ns1", "net/ipv4/conf/a.7/arp_notify", "1"),
                setting("ns1", "-net/ipv6/conf/a/accept_dad", "0"),
                setting("", "net/ipv4/ip_forward", "1"),
            ],
            [
                "ip netns exec ns1 sysctl -q -w \\",
                "    net.ipv4.conf.a.arp_notify=1 \\",
                "    net/ipv4/conf/a.7/arp_notify=1",
                "ip netns exec ns1 sysctl -q -e -w net.ipv6.conf.a.accept_dad=0",
                "sysctl -q -w net.ipv4.ip_forward=1",
            ],
        ],
        [
            "for a file, and without it",
            [
                {
                    kind: "file",
                    place: "",
                    path: "/etc/sysctl.d/90-a.conf",
                    content: "# it's\nnet.ipv4.ip_forward = 1",
                },
                { kind: "file", place: "", path: "/etc/sysctl.d/90 b.conf", content: undefined },
            ],
            [
                "mkdir -p /etc/sysctl.d",
                "cat > /etc/sysctl.d/90-a.conf << 'EOF'",
                "# it's",
                "net.ipv4.ip_forward = 1",
                "EOF",
                "rm -f '/etc/sysctl.d/90 b.conf'",
            ],
        ],
        [
            "for a namespace, with its tag",
            [addNamespace("ns1", "a~b")],
            ["ip netns add ns1", ...quiet("ip netns exec ns1"), "ip -n ns1 link set dev lo alias 'a~b' up"],
        ],
        [
            "for a namespace that goes, if nothing lives in it",
            deleteNamespace("ns1", false),
            ['test -z "$(ip netns pids ns1)"', "ip netns del ns1"],
        ],
        [
            "for a simulated host and a namespace of it",
            [addHost("left/", "tag", false), addNamespace("left/ns1", "tag")],
            [
                "mkdir -p /run/linuxnet/hosts/left/netns /run/linuxnet/hosts/left/sysctl.d /run/linuxnet/hosts/left/records",
                "touch /run/linuxnet/hosts/left/net",
                "unshare --net=/run/linuxnet/hosts/left/net ip link set dev lo alias tag up",
                "touch /run/linuxnet/hosts/left/netns/ns1",
                "unshare --net=/run/linuxnet/hosts/left/netns/ns1 true",
                ...quiet("nsenter --net=/run/linuxnet/hosts/left/netns/ns1"),
                "nsenter --net=/run/linuxnet/hosts/left/netns/ns1 ip link set dev lo alias tag up",
            ],
        ],
        [
            "for a tool that nobody types, by its words",
            [{ kind: "tool", place: "", argv: ["sh", "-c", 'echo "$1"', "sh", "it's"], text: "…" }],
            ["sh -c 'echo \"$1\"' sh 'it'\\''s'"],
        ],
    ];
    for (const [what, commands, expected] of cases) {
        it(`are, ${what}`, () => assert.deepEqual(scriptLines(commands), expected));
    }

    it("are one for the removal of a simulated host, which looks who lives in it", () => {
        const [line = "", ...more] = scriptLines([deleteHost("left/")]);
        assert.deepEqual(more, []);
        assert.match(line, /^sh -c 'd=\$1; .*' sh \/run\/linuxnet\/hosts\/left$/);
    });
});

describe("the steps of a preview", () => {
    it("are those of its events, in their order: a replacement is a removal and a creation", () => {
        const log = [
            event("create", undefined, {}, "pulumi:pulumi:Stack"),
            event("same", { name: "a" }, { name: "a" }),
            event("delete-replaced", { name: "a" }),
            event("replace", { name: "a" }, { name: "b" }),
            event("create-replacement", { name: "a" }, { name: "b" }),
            event("update", { name: "c" }, { name: "c", mtu: 1400 }),
            event("delete", { name: "d" }),
        ].join("\n");
        const step = (operation: Step["operation"], before: object, after: object) => {
            return { operation, kind: "Bridge", name: "one", before, after };
        };
        assert.deepEqual(readSteps(log), [
            step("delete", { name: "a" }, {}),
            step("create", { name: "a" }, { name: "b" }),
            step("update", { name: "c" }, { name: "c", mtu: 1400 }),
            step("delete", { name: "d" }, {}),
        ]);
    });
});

describe("the plans of several steps", () => {
    const text = (name: string) => `exports.handler=()=>x("${name}");`;
    const step = (operation: Step["operation"], kind: string, name: string, inputs: object, former = name): Step => {
        const properties = (of: string) => ({ ...inputs, __provider: text(`lab/dev/${of}`) });
        return {
            operation,
            kind,
            name,
            before: operation === "create" ? {} : properties(former),
            after: operation === "delete" ? {} : properties(name),
        };
    };
    /** The kinds as they are, but for what they would look at. */
    const kinds = (wishes: Wish[]): ReadonlyMap<string, Planner> =>
        new Map(
            Array.from(planners, ([name, planner]) => [
                name,
                {
                    ...planner,
                    plan: async (wish) => {
                        wishes.push({ ...wish, devices: [...wish.devices] });
                        return [];
                    },
                },
            ]),
        );
    const wished = async (...steps: Step[]): Promise<string[]> => {
        const wishes: Wish[] = [];
        await planSteps(steps, kinds(wishes));
        return wishes.map(({ owner: { name }, after, isGone, devices }) =>
            [after ? "+" : "-", name, isGone ? "anew" : "", ...devices.map((one) => one.name)].join(" ").trim(),
        );
    };
    const ns1 = { name: "ns1" };
    const br0 = { namespace: "ns1", name: "br0" };

    it("are each from what there is, and know of the devices before them", async () => {
        const found = await wished(
            step("create", "Namespace", "a", ns1),
            step("create", "Bridge", "b", br0),
            step("update", "Route", "c", { namespace: "ns1", destination: "default" }),
        );
        assert.deepEqual(found, ["+ a", "+ b", "+ c  br0"]);
    });

    it("do not remove what goes with its place", async () => {
        const host = { name: "sim" };
        const within = { host: "local/sim", namespace: "ns1" };
        const found = await wished(
            step("delete", "Route", "on", { destination: "default" }),
            step("delete", "Route", "in", { namespace: "ns1", destination: "default" }),
            step("delete", "Bridge", "deep", { ...within, name: "br0" }),
            step("delete", "Namespace", "inner", { name: "ns1", host: "local/sim" }),
            step("delete", "Bridge", "beside", { namespace: "ns10", name: "br0" }),
            step("delete", "Namespace", "ns", ns1),
            step("delete", "SimulatedHost", "sim", host),
        );
        assert.deepEqual(found, ["- on", "- beside", "- ns", "- sim"]);
    });

    it("are from nothing for what is made anew, and for what is in a place that is", async () => {
        const found = await wished(
            step("delete", "Bridge", "b", { name: "br0" }),
            step("create", "Bridge", "b", { name: "br0" }),
            step("create", "Bridge", "other", { name: "br1" }),
            step("delete", "Namespace", "ns", ns1),
            step("create", "Namespace", "ns", ns1),
            step("create", "Bridge", "in", br0),
        );
        assert.deepEqual(found, [
            "- b",
            "+ b anew",
            "+ other  br0",
            "- ns  br0 br1",
            "+ ns anew br0 br1",
            "+ in anew br0 br1",
        ]);
    });

    it("are from nothing for what is made anew under another name", async () => {
        const [one, other] = [
            { leftNamespace: "ns1", leftName: "a", rightName: "b" },
            { leftNamespace: "ns2", leftName: "a", rightName: "b" },
        ];
        const found = await wished(
            step("delete", "VethPair", "pair", one),
            step("delete", "Namespace", "ns", ns1),
            step("create", "VethPair", "pair", other),
        );
        assert.deepEqual(found, ["- ns", "+ pair anew"]);
    });

    it("leave out what is not ours, and checks", async () => {
        const found = await wished(
            step("create", "Reachability", "check", { to: "10.0.0.1" }),
            step("create", "random:index/randomPet:RandomPet", "pet", {}),
        );
        assert.deepEqual(found, []);
    });

    it("are none where something is not known yet, or takes another name: the resource is named", async () => {
        await assert.rejects(wished(step("create", "Bridge", "b", { name: "br0", macAddress: UNKNOWN })), {
            message: "b: macAddress: known only when other things are made",
        });
        await assert.rejects(wished(step("update", "Bridge", "b", { name: "br0" }, "former")), {
            message: "b: its name was lab/dev/former: there are no commands for another one",
        });
    });
});

describe("the script", () => {
    const part = (operation: Step["operation"], name: string, machine: string, commands: Command[]): Planned => ({
        step: { operation, kind: "Bridge", name, before: {}, after: {} },
        machine,
        commands,
    });
    const here = () => undefined;
    const up = (place: string) => [ip(place, "link", "set", "dev", "br0", "up")];

    it("is commands below the name of each resource that has any", () => {
        const parts = [
            part("create", "a", "local", up("")),
            part("update", "b", "local", []),
            part("delete", "c", "local", up("x")),
        ];
        assert.equal(
            script(parts, here),
            [
                "#!/bin/bash",
                '# What "linuxnet up" would run now, in its order. To be run as root.',
                "set -e",
                "",
                "# Bridge a",
                "ip link set dev br0 up",
                "",
                "# Bridge c: removed",
                "ip -n x link set dev br0 up",
            ].join("\n"),
        );
    });

    it("says that there is nothing to do", () => {
        const nothing = "#!/bin/bash\n# Nothing would change: the lab is as its program says.";
        assert.equal(script([], here), nothing);
        assert.equal(
            script([part("update", "a", "left", [])], () => ["ssh", "left"]),
            nothing,
        );
    });

    it("hands each other machine its part by ssh, behind what is done here", () => {
        const parts = [
            part("create", "a", "left", up("left:")),
            part("create", "b", "local", up("")),
            part("update", "c", "left", up("left:ns1")),
        ];
        const shellOn = (machine: string) => (machine === "local" ? undefined : ["ssh", "root@left", "sh", "-e", "-s"]);
        assert.deepEqual(script(parts, shellOn).split("\n").slice(3), [
            "",
            "# Bridge b",
            "ip link set dev br0 up",
            "",
            "# On left:",
            "ssh root@left sh -e -s << 'END OF left'",
            "# Bridge a",
            "ip link set dev br0 up",
            "",
            "# Bridge c: changed",
            "ip -n ns1 link set dev br0 up",
            "END OF left",
        ]);
    });

    it("has names in comments only, whatever they are", () => {
        const text = script([part("create", "a\nrm -rf /", "local", up(""))], here);
        assert.match(text, /^# Bridge a\\nrm -rf \/$/m);
    });

    it("is reached as a person would reach it", () => {
        const target = { host: "10.0.0.2", user: "alice", port: 2222, identityFile: "/a key", acceptNewHostKey: false };
        assert.equal(plainWords(target).map(shellWord).join(" "), "ssh -p 2222 -i '/a key' alice@10.0.0.2");
    });
});

describe("what is planned ahead", () => {
    const lines = (commands: readonly Command[]): string => scriptLines(commands).join("\n");

    it("is forwarding in a namespace that is not there yet", () => {
        const spec = { namespace: "ns1", ipv4: true, ipv6: true };
        const plan = forwardingSetting.plan(forwardingSetting.blank?.(spec, []), spec, spec, story(spec));
        assert.equal(
            lines(plan),
            "ip netns exec ns1 sysctl -q -w \\\n    net.ipv4.ip_forward=1 \\\n    net.ipv6.conf.all.forwarding=1",
        );
    });

    it("is a bridge, by the words of its plan, with what makes it ours", () => {
        const spec = { name: "br0", addresses: "10.0.0.1/24" };
        const text = lines(bridge.plan(undefined, spec, spec, story(spec)));
        assert.match(text, new RegExp(`^ip link add name br0 group ${GROUP} address \\S+ type bridge$`, "m"));
        assert.match(text, new RegExp(`^ip link set dev br0 alias ${TAG}$`, "m"));
        assert.match(text, /^ip addr add 10\.0\.0\.1\/24 dev br0$/m);
    });

    const tunnel = { name: "vx0", vni: 42, local: "10.0.0.1", remotes: "10.0.0.2" };
    const pair = (leftMtu?: number) =>
        devicesOf({
            kind: "VethPair",
            owner: "lab/dev/pair",
            known: {
                leftName: "up",
                leftAddresses: "10.0.0.1/24",
                ...(leftMtu ? { leftMtu } : {}),
                rightName: "other",
            },
            unknown: [],
        });
    const underlay = { name: "up", mtu: 1300 } as LinkState;
    const none = { link: undefined, underlay: undefined, remotes: [], others: [] };

    it("is the MTU of a tunnel over a device that is made in the same go, or is there", () => {
        assert.equal(vxlan.foresee?.(tunnel, none, pair(1400))?.mtu, 1350);
        assert.equal(vxlan.foresee?.(tunnel, none, pair())?.mtu, 1450);
        assert.equal(vxlan.foresee?.(tunnel, { ...none, underlay }, [])?.mtu, 1250);
        assert.equal(vxlan.foresee?.(tunnel, none, [])?.mtu, 1450);
        assert.equal(vxlan.foresee?.({ ...tunnel, mtu: 1000 }, none, pair(1400))?.mtu, 1000);
    });
});
