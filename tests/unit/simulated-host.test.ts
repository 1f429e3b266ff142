import assert from "node:assert/strict";
import { parseConnections } from "../../model/connection";
import { parseOwner } from "../../model/owner";
import { simulatedHostSchema } from "../../model/simulated-host";
import { type VethPairSpec, vethPairMistakes } from "../../model/veth-pair";
import { configureMachines, local, machineAt } from "../../provider/host/machines";
import type { Answers, Queries } from "../../provider/host/query";
import { toSteps } from "../../provider/host/step";
import type { LinkState } from "../../provider/link";
import { mistakesInProgram } from "../../provider/mistakes";
import { namespace } from "../../provider/namespace";
import { Conflict, HostProblem } from "../../provider/problem";
import { Program } from "../../provider/program";
import { recordFile } from "../../provider/record";
import { simulatedHost } from "../../provider/simulated-host";
import { GROUP, lines, link, OTHERS, owner, story, TAG } from "./states";

const spec = { name: "sim" };
const FOLDER = "/run/linuxnet/hosts/sim";
type Presence = Parameters<typeof simulatedHost.observe>[0]["presence"];
type State = NonNullable<ReturnType<typeof simulatedHost.observe>["state"]>;

const lo = (more: Partial<LinkState> = {}): LinkState =>
    link({ name: "lo", kind: "device", group: 0, index: 1, ...more });
const veth = (more: Partial<LinkState> = {}): LinkState => link({ name: "veth0", kind: "veth", ...more });
/** A namespace of the host, in the terms of places. */
const within = (place: string, ...links: LinkState[]) => ({ place, links: [lo(), ...links] });
const own = (...links: LinkState[]) => within("sim/", ...links);

const see = (
    presence: Presence,
    links: readonly LinkState[] = [],
    recorded?: Parameters<typeof story>[1],
    inside: State["inside"] = [],
) => simulatedHost.observe({ presence, links, inside }, spec, story(spec, recorded));
const found = (loopback = lo(), inside: State["inside"] = [own()]): State | undefined =>
    see("present", [loopback], { mine: spec }, inside).state;
const stale = (...inside: State["inside"]): State => ({ loopback: undefined, inside, stale: true });

const MAKE = "make the simulated host sim";
const REMOVE = "remove the simulated host sim";
const argvOf = (plan: ReturnType<typeof simulatedHost.plan>, index = 0): readonly string[] => {
    const command = plan.at(index);
    return command?.kind === "tool" ? command.argv : [];
};

describe("a plan for a simulated host", () => {
    const wanted = (state: State | undefined) => simulatedHost.plan(state, spec, spec, story(spec, { mine: spec }));
    const unwanted = (state: State | undefined) =>
        simulatedHost.plan(state, undefined, spec, story(undefined, { mine: spec }));

    it("makes it where nothing is, tagged before it has a name", () => {
        const plan = simulatedHost.plan(undefined, spec, spec, story(spec));
        assert.deepEqual(lines(plan), [MAKE]);
        const [unshare, n, sh, c, script = "", ...words] = argvOf(plan);
        assert.deepEqual([unshare, n, sh, c], ["unshare", "-n", "sh", "-c"]);
        assert.deepEqual(words, ["sh", `${FOLDER}/net`, TAG, FOLDER]);
        assert.ok(script.indexOf("alias") < script.indexOf("mount --bind"), "it has a name before it is ours");
        assert.equal(plan[0]?.place, "");
    });

    it("has nothing to do where it is, whatever is inside", () => {
        assert.deepEqual(wanted(found()), []);
        assert.deepEqual(wanted(found(lo(), [own(veth({ group: 0 })), within("sim/theirs")])), []);
    });

    it("sets its loopback up again", () => {
        assert.deepEqual(lines(wanted(found(lo({ up: false })))), [
            `nsenter --net=${FOLDER}/net ip link set dev lo up`,
        ]);
    });

    it("gives it a namespace of its own again where that is gone, by another line than where nothing is", () => {
        const plan = wanted(stale());
        assert.deepEqual(lines(plan), [MAKE]);
        assert.deepEqual(argvOf(plan).slice(5), ["sh", `${FOLDER}/net`, TAG, FOLDER]);
        assert.notEqual(argvOf(plan)[4], argvOf(simulatedHost.plan(undefined, spec, spec, story(spec)))[4]);
        // What lives on in it stays, whosever it is.
        assert.deepEqual(lines(wanted(stale(within("sim/ns1", veth()), within("sim/theirs")))), [MAKE]);
    });

    it("removes it, and asks who lives in it before", () => {
        const plan = unwanted(found());
        assert.deepEqual(lines(plan), [REMOVE]);
        const [sh, c, script = "", ...words] = argvOf(plan);
        assert.deepEqual([sh, c, ...words], ["sh", "-c", "sh", FOLDER]);
        assert.ok(script.indexOf("processes live in it") < script.indexOf("umount"), "it does not ask first");
        assert.match(script, /rm -rf --one-file-system/);
    });

    it("removes what is left of it, and nothing where nothing is", () => {
        assert.deepEqual(lines(unwanted(stale())), [REMOVE]);
        assert.deepEqual(unwanted(undefined), []);
    });

    it("removes what this stack has inside first, wherever, and does not mind if it has gone with another", () => {
        const plan = unwanted(
            found(lo(), [own(veth()), within("sim/ns1", veth()), within("sim/empty"), within("sim/inner/", veth())]),
        );
        const del = `ip link del group ${GROUP}`;
        assert.deepEqual(lines(plan), [
            "look into the simulated host sim",
            `nsenter --net=${FOLDER}/net ${del}`,
            `nsenter --net=${FOLDER}/netns/ns1 ${del}`,
            `nsenter --net=${FOLDER}/hosts/inner/net ${del}`,
            REMOVE,
        ]);
        const steps = toSteps(plan);
        assert.deepEqual(
            steps.map(({ mode }) => mode),
            ["chain", "optional", "optional", "optional", "chain"],
        );
    });

    it("looks first for what would stop it in the middle", () => {
        const plan = unwanted(found(lo(), [own(veth())]));
        const [look = "", remove = ""] = [argvOf(plan)[2], argvOf(plan, -1)[2]];
        assert.deepEqual(argvOf(plan).slice(3), ["sh", FOLDER]);
        assert.match(look, /something else is mounted.*processes live in it/);
        assert.doesNotMatch(look, /umount |rm /);
        assert.ok(remove.startsWith(look), "the removal does not look once more");
    });

    it("does not mind the kernel's own tunnels", () => {
        assert.deepEqual(lines(unwanted(found(lo(), [own(lo({ name: "tunl0" }), lo({ name: "ip6gre0" }))]))), [REMOVE]);
    });

    const stranger = veth({ name: "wlan0", kind: "device", alias: undefined, group: 0 });
    for (const [what, inside, message] of [
        ["a device in it", [own(stranger)], "a device named wlan0 on sim: linuxnet did not create it"],
        [
            "a device in a namespace of it",
            [own(), within("sim/ns1", veth(), stranger)],
            "a device named wlan0 in namespace ns1 of sim: linuxnet did not create it",
        ],
        [
            "another stack's device",
            [own(veth({ group: 7, alias: `linuxnet:${OTHERS}` }))],
            `a veth named veth0 on sim: it belongs to ${OTHERS}`,
        ],
        [
            "a person's namespace",
            [own(), { place: "sim/theirs", links: [lo({ alias: undefined })] }],
            "a namespace named theirs of sim: linuxnet did not create it",
        ],
        [
            "a namespace with an alias that is none of ours",
            [own(), { place: "sim/theirs", links: [lo({ alias: "mine" })] }],
            "a namespace named theirs of sim: linuxnet did not create it",
        ],
        [
            "another stack's namespace",
            [own(), { place: "sim/ns1", links: [lo({ alias: `linuxnet:${OTHERS}` })] }],
            `a namespace named ns1 of sim: it belongs to ${OTHERS}`,
        ],
        [
            "a host within it",
            [own(), { place: "sim/inner/", links: [lo({ alias: `linuxnet:${OTHERS}` })] }],
            `a namespace named sim/inner: it belongs to ${OTHERS}`,
        ],
        [
            "a namespace that cannot be looked into",
            [own(), { place: "sim/theirs", links: [] }],
            "a namespace named theirs of sim: linuxnet did not create it",
        ],
    ] as const) {
        it(`does not take along what is not ours: ${what}`, () => {
            for (const state of [found(lo(), inside), stale(...inside)]) {
                assert.throws(
                    () => unwanted(state),
                    (error: unknown) => {
                        assert.ok(error instanceof Conflict);
                        assert.equal(
                            error.message,
                            `found ${message}.\nsim was not deleted. Remove it, and run again.`,
                        );
                        return true;
                    },
                );
            }
        });
    }

    it("is for the machine that it is on, in the words of that", () => {
        const there = { name: "sim", host: "left/outer" };
        const plan = simulatedHost.plan(undefined, there, there, story(there));
        assert.deepEqual(lines(plan), ["make the simulated host left/outer/sim"]);
        assert.equal(plan[0]?.place, "left:");
        const folder = "/run/linuxnet/hosts/outer/hosts/sim";
        assert.deepEqual(argvOf(plan).slice(5), ["sh", `${folder}/net`, TAG, folder]);
    });
});

describe("what is seen of a simulated host", () => {
    it("is nothing", () => assert.deepEqual(see("absent"), { state: undefined }));

    it("is ours, by the tag on its loopback, with what is inside", () => {
        const inside = [own(), within("sim/ns1", veth())];
        assert.deepEqual(see("present", [lo(), veth()], undefined, inside), {
            state: { loopback: lo(), inside, stale: false },
        });
    });

    it("is a stranger's, or another stack's", () => {
        const foreign = (of: string | undefined) => ({
            state: undefined,
            foreign: { property: "name", what: "a simulated host named sim", owner: of },
        });
        assert.deepEqual(see("present", [lo({ alias: undefined })], { mine: spec }), foreign(undefined));
        assert.deepEqual(see("present", [lo({ alias: "x" })]), foreign(undefined));
        assert.deepEqual(see("present", [lo({ alias: `linuxnet:${OTHERS}` })]), foreign(OTHERS));
        assert.deepEqual(see("present", []), foreign(undefined));
    });

    it("is a folder of ours from before the boot, or half done; it counts as gone", () => {
        const inside = [within("sim/ns1")];
        assert.deepEqual(see("stale", [], { mine: spec }), { state: stale() });
        assert.deepEqual(see("stale", [], { mine: spec, stale: true }, inside), { state: stale(...inside) });
        assert.equal(simulatedHost.intact?.(stale()), false);
        assert.equal(simulatedHost.intact?.({ loopback: lo(), inside: [], stale: false }), true);
    });

    it("is somebody's folder", () => {
        assert.deepEqual(see("stale"), {
            state: undefined,
            foreign: { property: "name", what: `a folder ${FOLDER} without a host (remove it if nobody needs it)` },
        });
    });

    it("is something else in its place", () => {
        for (const recorded of [undefined, { mine: spec }]) {
            assert.deepEqual(see("other", [], recorded), {
                state: undefined,
                foreign: { property: "name", what: `${FOLDER} is in the way` },
            });
        }
    });

    it("is asked for by its files, on its machine", () => {
        const { presence, links, inside } = simulatedHost.queries({ name: "sim", host: "left/outer" }, owner);
        const folder = "/run/linuxnet/hosts/outer/hosts/sim";
        assert.deepEqual([presence.place, links.place, inside.place], ["left:", "left:outer/sim/", "left:"]);
        assert.equal(presence.ask, `${folder}/net host`);
        assert.equal(inside.ask, folder);
        assert.equal(presence.read(`${folder}/net stale`), "stale");
        assert.equal(presence.read(undefined), "absent");
    });

    it("is told of what is inside by the names of places", () => {
        const { inside } = simulatedHost.queries(spec, owner);
        const json = (name: string) =>
            JSON.stringify([{ ifindex: 1, ifname: name, flags: ["UP"], mtu: 1500, group: "0", ifalias: "a b ?" }]);
        const answer = [
            `${FOLDER}/net ${json("lo")}`,
            `${FOLDER}/netns/ns1 ${json("x")}`,
            `${FOLDER}/netns/net ${json("y")}`,
            `${FOLDER}/netns/gone ?`,
            `${FOLDER}/hosts/netns/net ${json("z")}`,
            `${FOLDER}/hosts/netns/records/host/Namespace.x.json ?`,
            `${FOLDER}/hosts/inner/hosts/hosts/netns/ns1 ${json("w")}`,
        ].join("\n");
        assert.deepEqual(
            inside.read(answer).map(({ place, links }) => [place, links.map(({ name }) => name)]),
            [
                ["sim/", ["lo"]],
                ["sim/ns1", ["x"]],
                ["sim/net", ["y"]],
                ["sim/netns/", ["z"]],
                ["sim/inner/hosts/ns1", ["w"]],
            ],
        );
        assert.deepEqual(inside.read(undefined), []);
    });
});

describe("a simulated host", () => {
    it("is read back with its loopback, if that is down", () => {
        const inputs = (loopback: LinkState, of: { name: string; host?: string }) =>
            simulatedHost.inputs({ loopback, inside: [], stale: false }, of);
        assert.deepEqual(inputs(lo(), spec), { name: "sim" });
        assert.deepEqual(inputs(lo({ up: false }), { name: "sim", host: "left" }), {
            name: "sim",
            host: "left",
            loopback: "down",
        });
    });

    it("is known by its name and its host, and recorded on that, not in itself", () => {
        for (const [of, id, path, place] of [
            [{ name: "sim" }, "sim", "/run/linuxnet/host/SimulatedHost.sim.json", ""],
            [{ name: "sim", host: "left" }, "sim@left", "/run/linuxnet/host/SimulatedHost.sim.json", "left:"],
            [
                { name: "sim", host: "local/outer" },
                "sim@outer",
                "/run/linuxnet/hosts/outer/records/host/SimulatedHost.sim.json",
                "",
            ],
        ] as const) {
            assert.equal(simulatedHost.id(of), id);
            const record = simulatedHost.record(of);
            assert.deepEqual(recordFile(record.place, simulatedHost.name, record.key), {
                place,
                path,
                about: record.place,
            });
        }
        assert.deepEqual(simulatedHost.disturbs?.(spec), [{ place: "sim/", name: "lo" }]);
        assert.deepEqual(simulatedHost.identity, ["name", "host"]);
    });

    it("has a name as namespaces have, and no other properties", () => {
        const problems = (inputs: Record<string, unknown>) =>
            simulatedHostSchema.check(inputs).problems.map(({ property }) => property);
        assert.deepEqual(problems({ name: "left-dev.1" }), []);
        for (const name of ["", "1", "-x", "..", "a/b", "a:b", "a~b", "a b", "x".repeat(64), 5, undefined]) {
            assert.deepEqual(problems({ name }), ["name"], String(name));
        }
        for (const host of ["", "/", "left/", "/sim", "left//sim", "left:", "../x", "a b", 5]) {
            assert.deepEqual(problems({ name: "sim", host }), ["host"], String(host));
        }
        assert.deepEqual(problems({ name: "sim", host: "local/outer/inner" }), []);
        assert.deepEqual(problems({ name: "sim", namespace: "ns1" }), ["namespace"]);
    });
});

describe("a namespace of a simulated host", () => {
    const inside = { name: "ns1", host: "local/sim" };
    const FILE = `${FOLDER}/netns/ns1`;
    const add = "sim: ip netns add ns1 && ip -n ns1 link set lo up";

    it("is pinned in the host's folder, not below /run/netns", () => {
        const plan = namespace.plan(undefined, inside, inside, story(inside));
        assert.deepEqual(lines(plan), [add]);
        assert.deepEqual(argvOf(plan).slice(5), ["sh", FILE, TAG, `${FOLDER}/records/netns.ns1`]);
        assert.equal(plan[0]?.place, "");
    });

    it("is removed there, and asks who lives in it", () => {
        const state = { loopback: lo(), links: [veth()], stale: false };
        const plan = namespace.plan(state, undefined, inside, story(undefined, { mine: inside }));
        assert.deepEqual(lines(plan), [
            "sim: ip netns pids ns1",
            `nsenter --net=${FILE} ip link del group ${GROUP}`,
            "sim: ip netns del ns1",
        ]);
        const [, , script = "", ...words] = argvOf(plan, -1);
        assert.deepEqual(words, ["sh", FILE]);
        assert.match(script, /processes live in it.*umount "\$1".*rm -f "\$1"$/);
    });

    it("is told as what it is where it is not ours, with what removes it", () => {
        const told = (presence: Presence, links: LinkState[], of: { name: string; host?: string }) =>
            namespace.observe({ presence, links }, of, story(of)).foreign?.what;
        assert.equal(told("present", [{ ...lo(), alias: undefined }], inside), "a namespace named ns1 of sim");
        assert.equal(told("stale", [], inside), `a file ${FILE} without a network namespace ("rm ${FILE}" removes it)`);
        assert.equal(
            told("stale", [], { name: "ns1", host: "left" }),
            'a file /run/netns/ns1 without a network namespace ("ip netns del ns1" removes it)',
        );
    });

    it("is known and recorded on its host", () => {
        assert.equal(namespace.id(inside), "ns1@sim");
        const { place, key } = namespace.record(inside);
        assert.deepEqual(recordFile(place, namespace.name, key), {
            place: "",
            path: `${FOLDER}/records/host/Namespace.ns1.json`,
            about: "sim/",
        });
    });
});

describe("a mistake about hosts", () => {
    type Inputs = Record<string, string>;
    let program: Program;
    /** What exists, by place. */
    let machine: Record<string, readonly object[]>;
    const survey = local().survey;
    const standsThere = [{ ifindex: 1, ifname: "lo", flags: ["UP"], mtu: 65536, group: "0" }];

    const answer = async <Q extends Queries>(queries: Q): Promise<Answers<Q>> => {
        const entries = Object.entries(queries).map(([name, { place, read }]) => {
            const links = machine[place];
            return [name, read(links && JSON.stringify(links))];
        });
        return Object.fromEntries(entries) as Answers<Q>;
    };
    beforeEach(() => {
        program = new Program();
        machine = {};
        local().survey = answer;
    });
    afterEach(() => {
        local().survey = survey;
        configureMachines(() => parseConnections(undefined));
    });

    async function declare(kind: string, name: string, known: Inputs, unknown: string[] = []): Promise<string[]> {
        const of = `lab/dev/${name}`;
        const problems = await mistakesInProgram(program, { kind, owner: of, known, unknown }, parseOwner(of));
        return problems.map(({ property, given, expected, advice }) => [property, given, expected, advice].join(" | "));
    }
    const hosts = async (...names: string[]): Promise<void> => {
        for (const name of names) assert.deepEqual(await declare("SimulatedHost", name, { name }), []);
    };
    const HOST_EXPECTED = "a host that this program declares before, or one that exists";
    const NAMESPACE_EXPECTED = "a namespace that this program declares on sim before, or one that exists";

    it("is one that nobody has declared before, nor exists", async () => {
        assert.deepEqual(await declare("Bridge", "br", { host: "local/sim", name: "br0" }), [
            `host | "sim" | ${HOST_EXPECTED} | declare it: new linuxnet.SimulatedHost("…")`,
        ]);
        await hosts("left", "right");
        assert.deepEqual(await declare("Bridge", "br", { host: "local/sim", name: "br0" }), [
            `host | "sim" | ${HOST_EXPECTED} | declared: left, right`,
        ]);
        const pair = { leftHost: "local/left", leftName: "a", rightHost: "local/sim", rightName: "b" };
        assert.deepEqual(await declare("VethPair", "pair", pair), [
            `rightHost | "sim" | ${HOST_EXPECTED} | declared: left, right`,
        ]);
        assert.deepEqual(await declare("Reachability", "check", { fromHost: "local/sim", to: "10.0.0.1" }), [
            `fromHost | "sim" | ${HOST_EXPECTED} | declared: left, right`,
        ]);
        assert.deepEqual(await declare("Namespace", "ns1", { name: "ns1", host: "local/sim" }), [
            `host | "sim" | ${HOST_EXPECTED} | declared: left, right`,
        ]);
        assert.deepEqual(await declare("SimulatedHost", "inner", { name: "inner", host: "local/sim" }), [
            `host | "sim" | ${HOST_EXPECTED} | declared: left, right`,
        ]);
    });

    it("is none where it is declared before, or exists, or is not known yet", async () => {
        await hosts("sim");
        assert.deepEqual(await declare("Bridge", "br", { host: "local/sim", name: "br0" }), []);
        assert.deepEqual(await declare("SimulatedHost", "inner", { name: "inner", host: "local/sim" }), []);
        assert.deepEqual(await declare("Bridge", "br1", { host: "local/sim/inner", name: "br0" }), []);
        machine = { "theirs/": standsThere };
        assert.deepEqual(await declare("Bridge", "br2", { host: "local/theirs", name: "br0" }), []);
        assert.deepEqual(await declare("Bridge", "br3", { name: "br0" }, ["host"]), []);
    });

    it("is a namespace that its host does not have, be it another's", async () => {
        await hosts("sim", "other");
        assert.deepEqual(await declare("Namespace", "here", { name: "ns1" }), []);
        assert.deepEqual(await declare("Namespace", "there", { name: "ns1", host: "local/other" }), []);
        const bridge = { host: "local/sim", namespace: "ns1", name: "br0" };
        assert.deepEqual(await declare("Bridge", "br", bridge), [
            `namespace | "ns1" | ${NAMESPACE_EXPECTED} | declare it: new linuxnet.Namespace("…")`,
        ]);
        assert.deepEqual(await declare("Namespace", "ns2", { name: "ns2", host: "local/sim" }), []);
        assert.deepEqual(await declare("Bridge", "br", bridge), [
            `namespace | "ns1" | ${NAMESPACE_EXPECTED} | declared: ns2`,
        ]);
        machine = { "sim/ns1": standsThere };
        assert.deepEqual(await declare("Bridge", "br", bridge), []);
    });

    it("is a name that is taken on one host, and none on two", async () => {
        await hosts("left", "right");
        for (const [name, host] of [
            ["a", "local/left"],
            ["b", "local/right"],
            ["c", "local"],
        ] as const) {
            assert.deepEqual(await declare("Namespace", name, { name: "ns1", host }), []);
            assert.deepEqual(await declare("SimulatedHost", `h${name}`, { name: "inner", host }), []);
            assert.deepEqual(await declare("Bridge", name, { name: "br0", host }), []);
            assert.deepEqual(await declare("Bridge", `ns1 ${name}`, { name: "br0", host, namespace: "ns1" }), []);
        }
        const own = "a name of its own";
        assert.deepEqual(await declare("Namespace", "again", { name: "ns1", host: "local/left" }), [
            `name | "ns1" | ${own} | "a" has it already`,
        ]);
        assert.deepEqual(await declare("Namespace", "again", { name: "ns1" }), [
            `name | "ns1" | ${own} | "c" has it already`,
        ]);
        assert.deepEqual(await declare("SimulatedHost", "again", { name: "inner", host: "local/right" }), [
            `name | "inner" | ${own} | "hb" has it already`,
        ]);
        assert.deepEqual(await declare("SimulatedHost", "again", { name: "left" }), [
            `name | "left" | ${own} | "left" has it already`,
        ]);
        assert.deepEqual(await declare("Bridge", "again", { name: "br0", host: "local/left" }), [
            `name | "br0" | ${own} on left | "a" has it already`,
        ]);
        assert.deepEqual(await declare("Bridge", "again", { name: "br0", host: "local/right", namespace: "ns1" }), [
            `name | "br0" | ${own} in ns1 of right | "ns1 b" has it already`,
        ]);
        // A host and a namespace may be called alike; a resource that is checked again has its own name.
        assert.deepEqual(await declare("Namespace", "alike", { name: "left" }), []);
        assert.deepEqual(await declare("SimulatedHost", "left", { name: "left" }), []);
    });

    it("is a machine that the configuration does not have, whatever is simulated on it", async () => {
        for (const host of ["left", "left/sim"]) {
            await assert.rejects(declare("Bridge", "br", { host, name: "br0" }), (error: Error) => {
                assert.ok(error instanceof HostProblem);
                assert.match(
                    error.message,
                    /^host: given "left"\nexpected a host of the stack's configuration: "local"\n/,
                );
                return true;
            });
        }
        await hosts("sim");
        await assert.rejects(declare("Bridge", "br", { host: "sim", name: "br0" }), /host: given "sim"/);
    });

    it("is told with the machine where it is not this one", async () => {
        configureMachines(() => parseConnections({ left: { connection: "local" } }));
        machineAt("left:").survey = answer;
        local().survey = answer;
        await hosts("sim");
        assert.deepEqual(await declare("Bridge", "br", { host: "left/sim", name: "br0" }), [
            `host | "left/sim" | ${HOST_EXPECTED} | declared: sim`,
        ]);
        assert.deepEqual(await declare("SimulatedHost", "there", { name: "sim", host: "left" }), []);
        assert.deepEqual(await declare("Bridge", "br", { host: "left/sim", name: "br0" }), []);
        assert.deepEqual(await declare("Bridge", "br2", { host: "left/sim", name: "br0" }), [
            'name | "br0" | a name of its own on left/sim | "br" has it already',
        ]);
        assert.deepEqual(await declare("Bridge", "br3", { host: "left/sim", namespace: "ns1", name: "br0" }), [
            'namespace | "ns1" | a namespace that this program declares on left/sim before, or one that exists | ' +
                'declare it: new linuxnet.Namespace("…")',
        ]);
    });

    describe("is a cable", () => {
        const cable = (leftHost: string | undefined, rightHost: string | undefined, unknown: string[] = []) =>
            vethPairMistakes({ leftHost, leftName: "a", rightHost, rightName: "a" } as Partial<VethPairSpec>, unknown);

        for (const [left, right, given, machineName] of [
            ["left", "right", "right", "left"],
            [undefined, "left", "left", "the host"],
            ["left", undefined, "the host", "left"],
            ["local/sim", "left/sim", "left/sim", "the host"],
            ["left/sim", "right/sim", "right/sim", "left"],
        ] as const) {
            it(`from one machine to another, which is told of the Vxlan: ${left ?? "local"} to ${right ?? "local"}`, () => {
                assert.deepEqual(cable(left, right), [
                    {
                        property: "rightHost",
                        given: JSON.stringify(given),
                        expected: `a host on the same machine as the left end's, ${machineName}`,
                        advice: "a pair does not reach from one machine to another: join them by a Vxlan on each, or by routes",
                    },
                ]);
            });
        }

        for (const [left, right] of [
            ["local/left", "local/right"],
            ["local/left", undefined],
            ["local/left", "local/left/inner"],
            ["left/a", "left/b"],
            ["left", "left/a"],
        ] as const) {
            it(`within a machine, which is none: ${left} to ${right ?? "local"}`, () => {
                assert.deepEqual(cable(left, right), []);
            });
        }

        it("with two ends of one name in one place", () => {
            assert.deepEqual(
                cable("local/left", "local/left").map(({ property }) => property),
                ["rightName"],
            );
        });

        it("is none where a host is not known yet", () => {
            assert.deepEqual(cable(undefined, "left", ["leftHost"]), []);
        });
    });
});
