import assert from "node:assert/strict";
import fc from "fast-check";
import { type ForwardingSettingSpec, forwardingSettingMistakes } from "../../model/forwarding-setting";
import { forwardingSetting } from "../../provider/forwarding-setting";
import type { Command } from "../../provider/host/command";
import { type Claim, type FlatSpec, recordFile } from "../../provider/record";
import type { RouteState } from "../../provider/route-state";
import { obstacle, persistedPath } from "../../provider/sysctl-file";
import { lines, OTHERS, owner, story } from "./states";

const FILE = "/etc/sysctl.d/90-lab-f8fe8bcf.conf";
const HEAD = "# Written by linuxnet; removed by it with the resource that asks for it.";
const DEVICES = ["all", "default", "lo", "eth0"];
const IPV4 = "net/ipv4/ip_forward";
const IPV6 = "net/ipv6/conf/all/forwarding";

type Settings = ReadonlyMap<string, string>;

/** A kernel's settings: all off, as one has them after a boot, and what is said otherwise. */
function settings(more: Readonly<Record<string, string>> = {}): Map<string, string> {
    const of = (family: string, key: string, value: string) =>
        DEVICES.map((name): [string, string] => [`net/${family}/conf/${name}/${key}`, value]);
    return new Map([
        [IPV4, "0"],
        ...of("ipv4", "forwarding", "0"),
        ...of("ipv4", "accept_redirects", "1"),
        ...of("ipv6", "forwarding", "0"),
        ...of("ipv6", "accept_ra", "1"),
        ...Object.entries(more),
    ]);
}

const some = (all: Settings, isWanted: (path: string) => boolean) =>
    new Map([...all].filter(([path]) => isWanted(path)));

const answersOf = (all: Settings, defaults: readonly RouteState[] = [], file: readonly string[] = []) => ({
    ipv4: some(all, (path) => path === IPV4),
    ipv4Devices: some(all, (path) => /ipv4.*forwarding$/.test(path)),
    redirects: some(all, (path) => path.endsWith("accept_redirects")),
    ipv6: some(all, (path) => /ipv6.*forwarding$/.test(path)),
    accept: some(all, (path) => path.endsWith("accept_ra")),
    defaults,
    file: file.map((line) => `${FILE} ${line}`),
    folder: ["/etc/sysctl.d: directory"],
});

/** The default route that a router has advertised, over a device. */
const advertised = (device: string): RouteState => ({
    type: "unicast",
    destination: "::/0",
    family: 6,
    table: 254,
    metric: 1024,
    protocol: 9,
    scope: 0,
    preferredSource: undefined,
    mtu: undefined,
    onlink: false,
    hops: [{ gateway: "fe80::1", device, weight: 1 }],
});

type Recorded = Parameters<typeof story>[1];
interface Machine {
    readonly all?: Settings;
    readonly defaults?: readonly RouteState[];
    readonly file?: readonly string[];
}

const see = (
    spec: ForwardingSettingSpec,
    { all = settings(), defaults = [], file = [] }: Machine,
    recorded?: Recorded,
) => forwardingSetting.observe(answersOf(all, defaults, file), spec, story(spec, recorded));

function plan(wanted: ForwardingSettingSpec | undefined, machine: Machine, recorded?: Recorded): readonly Command[] {
    const spec = wanted ?? (recorded?.mine as ForwardingSettingSpec);
    return forwardingSetting.plan(see(spec, machine, recorded).state, wanted, spec, story(wanted, recorded));
}
const typed = (...args: Parameters<typeof plan>): string[] => lines(plan(...args));

const off = Object.fromEntries(settings());
const on4 = settings(
    Object.fromEntries([
        [IPV4, "1"],
        ...DEVICES.map((name) => [`net/ipv4/conf/${name}/forwarding`, "1"]),
        ["net/ipv4/conf/all/accept_redirects", "0"],
    ]),
);
const other = (spec: FlatSpec): Claim => ({ owner: OTHERS, spec });

describe("a plan for forwarding", () => {
    it("turns it on", () => {
        assert.deepEqual(typed({ ipv4: true }, {}), ["sysctl -w net.ipv4.ip_forward=1"]);
        assert.deepEqual(typed({ ipv6: true }, {}), ["sysctl -w net.ipv6.conf.all.forwarding=1"]);
        assert.deepEqual(typed({ namespace: "ns1", ipv4: true, ipv6: true }, {}), [
            "ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1",
            "ip netns exec ns1 sysctl -w net.ipv6.conf.all.forwarding=1",
        ]);
    });

    it("has nothing to do where it is as wanted, or nothing is said", () => {
        assert.deepEqual(typed({ ipv4: true }, { all: on4 }), []);
        assert.deepEqual(typed({ ipv4: false }, {}), []);
        assert.deepEqual(typed({ ipv6: false }, { all: on4 }), []);
    });

    it("turns it off, and keeps it off", () => {
        assert.deepEqual(typed({ ipv4: false }, { all: on4 }), ["sysctl -w net.ipv4.ip_forward=0"]);
        const mine = { ipv4: false };
        assert.deepEqual(typed(mine, { all: on4 }, { mine, before: Object.fromEntries(on4) }), [
            "sysctl -w net.ipv4.ip_forward=0",
        ]);
    });

    it("turns it on again where a person has turned it off", () => {
        const mine = { ipv4: true };
        assert.deepEqual(typed(mine, {}, { mine, before: off }), ["sysctl -w net.ipv4.ip_forward=1"]);
    });

    it("keeps an advertised default route, which the kernel would forget", () => {
        const machine = { defaults: [advertised("eth0")] };
        assert.deepEqual(typed({ ipv6: true }, machine), [
            "sysctl -w net.ipv6.conf.eth0.accept_ra=2",
            "sysctl -w net.ipv6.conf.all.forwarding=1",
        ]);
        assert.deepEqual(typed({ ipv4: true }, machine), ["sysctl -w net.ipv4.ip_forward=1"]);
        const kept = settings({ "net/ipv6/conf/eth0/accept_ra": "2" });
        assert.deepEqual(typed({ ipv6: true }, { ...machine, all: kept }), [
            "sysctl -w net.ipv6.conf.all.forwarding=1",
        ]);
        const manual = { ...advertised("eth0"), protocol: 3 };
        assert.deepEqual(typed({ ipv6: true }, { defaults: [manual] }), ["sysctl -w net.ipv6.conf.all.forwarding=1"]);
    });

    it("puts back what was there, with what the kernel changes on the way", () => {
        const recorded = { mine: { ipv4: true }, before: { ...off, "net/ipv4/conf/eth0/forwarding": "1" } };
        const [main, ...rest] = typed(undefined, { all: on4 }, recorded);
        assert.equal(main, "sysctl -w net.ipv4.ip_forward=0");
        assert.deepEqual(rest, ["sysctl -w net.ipv4.conf.eth0.forwarding=1"]);
    });

    it("leaves what is somebody else's since", () => {
        assert.deepEqual(typed(undefined, {}, { mine: { ipv4: true }, before: off }), []);
    });

    it("leaves it to the last that asks for it", () => {
        const recorded = { mine: { ipv4: true }, others: [other({ ipv4: true })], before: off };
        assert.deepEqual(typed(undefined, { all: on4 }, recorded), []);
        const elsewhere = { mine: { ipv4: true }, others: [other({ ipv6: true })], before: off };
        assert.equal(typed(undefined, { all: on4 }, elsewhere)[0], "sysctl -w net.ipv4.ip_forward=0");
    });

    it("writes a file that outlives a boot, and removes it while it is ours", () => {
        const spec = { ipv4: true, ipv6: false, persist: true };
        const content = [
            HEAD,
            "net.ipv4.ip_forward = 1",
            "net.ipv6.conf.all.forwarding = 0",
            "net.ipv6.conf.default.forwarding = 0",
        ];
        const created = { kind: "file", place: "", path: FILE, content: content.join("\n"), exclusive: true };
        assert.deepEqual(plan(spec, { all: on4 }), [created]);
        assert.deepEqual(plan(spec, { all: on4, file: content }, { mine: spec, before: off }), []);
        const changed = { ...spec, ipv6: undefined };
        assert.deepEqual(plan(changed, { all: on4, file: content }, { mine: spec, before: off }), [
            { kind: "file", place: "", path: FILE, content: content.slice(0, 2).join("\n"), exclusive: false },
        ]);
        const dropped = { ipv4: true, ipv6: false };
        const removed = { kind: "file", place: "", path: FILE, content: undefined };
        assert.deepEqual(plan(dropped, { all: on4, file: content }, { mine: spec, before: off }), [removed]);
        const strange = ["net.ipv4.ip_forward = 0"];
        assert.deepEqual(plan(dropped, { all: on4, file: strange }, { mine: spec, before: off }), []);
    });
});

/** What the kernel makes of a write (inet_forward_change, addrconf_fixup_forwarding). */
function write(all: Map<string, string>, path: string, value: string): void {
    if (all.get(path) === value) return;
    all.set(path, value);
    const family = path === IPV4 ? "ipv4" : path === IPV6 ? "ipv6" : undefined;
    if (family === undefined) return;
    for (const name of DEVICES) all.set(`net/${family}/conf/${name}/forwarding`, value);
    if (family === "ipv4") all.set("net/ipv4/conf/all/accept_redirects", value === "1" ? "0" : "1");
}

describe("forwarding, from the first to the last of it", () => {
    const bit = fc.constantFrom("0", "1");
    const machine = fc
        .record({
            ipv4: bit,
            ipv6: bit,
            redirects: fc.tuple(bit, bit, bit, bit),
            devices4: fc.tuple(bit, bit, bit),
            devices6: fc.tuple(bit, bit, bit),
            accept: fc.constantFrom("0", "1", "2"),
        })
        .map(({ ipv4, ipv6, redirects, devices4, devices6, accept }) =>
            settings(
                Object.fromEntries([
                    [IPV4, ipv4],
                    ["net/ipv4/conf/all/forwarding", ipv4],
                    [IPV6, ipv6],
                    ...DEVICES.map((name, index) => [`net/ipv4/conf/${name}/accept_redirects`, redirects[index]]),
                    ...DEVICES.slice(1).map((name, index) => [`net/ipv4/conf/${name}/forwarding`, devices4[index]]),
                    ...DEVICES.slice(1).map((name, index) => [`net/ipv6/conf/${name}/forwarding`, devices6[index]]),
                    ["net/ipv6/conf/eth0/accept_ra", accept],
                ]),
            ),
        );
    const option = fc.constantFrom(undefined, true, false);
    const specs = fc.array(
        fc.record({ ipv4: option, ipv6: option }).filter(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined),
        { minLength: 1, maxLength: 3 },
    );

    it("ends as it began, whatever was asked for in between", () => {
        fc.assert(
            fc.property(machine, specs, fc.boolean(), (initial, wantedOnes, isAdvertised) => {
                const all = new Map(initial);
                const defaults = isAdvertised ? [advertised("eth0")] : [];
                let recorded: { mine?: FlatSpec; previous?: FlatSpec; before: Record<string, string> } = {
                    before: Object.fromEntries(initial),
                };
                for (const wanted of [...wantedOnes.map((one) => ({ ...one })), undefined]) {
                    for (let round = 0; ; round++) {
                        const commands = plan(wanted, { all, defaults }, recorded);
                        if (commands.length === 0) break;
                        assert.ok(round < 4, "the plan does not become empty");
                        const { mine } = recorded;
                        const previous = mine ? { previous: { ...recorded.previous, ...mine } } : {};
                        recorded = { ...recorded, mine: wanted ?? mine ?? {}, ...previous };
                        for (const command of commands) {
                            if (command.kind === "setting") write(all, command.path, command.value);
                        }
                    }
                    if (wanted) {
                        recorded = { mine: wanted, before: recorded.before };
                        if (wanted.ipv4 !== undefined) assert.equal(all.get(IPV4), wanted.ipv4 ? "1" : "0");
                        if (wanted.ipv6 !== undefined) assert.equal(all.get(IPV6), wanted.ipv6 ? "1" : "0");
                    }
                }
                const changed = [...all].filter(
                    ([path, value]) => path !== "net/ipv4/conf/all/forwarding" && initial.get(path) !== value,
                );
                assert.deepEqual(changed, []);
            }),
            { numRuns: 1000 },
        );
    });
});

describe("what is seen of forwarding", () => {
    it("is nothing in a place that is gone", () => {
        assert.deepEqual(see({ ipv4: true }, { all: new Map() }), { state: undefined });
        assert.deepEqual(forwardingSetting.plan(undefined, { ipv4: true }, { ipv4: true }, story({ ipv4: true })), []);
    });

    it("is every setting, the advertised routes and the file", () => {
        const { state } = see({ ipv4: true }, { defaults: [advertised("eth0")], file: ["a", "b"] });
        assert.deepEqual(state, {
            values: settings(),
            advertised: ["eth0"],
            file: ["a", "b"],
            obstacle: undefined,
            isOurs: false,
        });
    });

    it("is what another stack wants otherwise", () => {
        const claims = { others: [other({ ipv4: false })] };
        assert.deepEqual(see({ ipv4: true }, {}, claims).foreign, {
            property: "ipv4",
            what: "net.ipv4.ip_forward=0 on the host, which is kept so",
            owner: OTHERS,
        });
        assert.deepEqual(see({ namespace: "ns1", ipv6: false }, {}, { others: [other({ ipv6: true })] }).foreign, {
            property: "ipv6",
            what: "net.ipv6.conf.all.forwarding=1 in namespace ns1, which is kept so",
            owner: OTHERS,
        });
        assert.equal(see({ ipv4: false }, {}, claims).foreign, undefined);
        assert.equal(see({ ipv6: true }, {}, claims).foreign, undefined);
    });

    it("is somebody's file in our file's place", () => {
        const spec = { ipv4: true, persist: true };
        assert.deepEqual(see(spec, { file: ["x"] }).foreign, {
            property: "persist",
            what: `a file ${FILE} with other content`,
        });
        assert.equal(see(spec, { file: [HEAD, "net.ipv4.ip_forward = 1"] }).foreign, undefined);
        assert.equal(see(spec, { file: ["x"] }, { mine: spec }).foreign, undefined);
        assert.equal(see({ ipv4: true }, { file: ["x"] }).foreign, undefined);
    });
});

describe("a ForwardingSetting", () => {
    const read = (spec: ForwardingSettingSpec, machine: Machine) => {
        const { state } = see(spec, machine, { mine: spec });
        return state && forwardingSetting.inputs(state, spec);
    };

    it("is read back as it was given, or as it has drifted", () => {
        assert.deepEqual(read({ namespace: "ns1", ipv4: true }, { all: on4 }), { namespace: "ns1", ipv4: true });
        assert.deepEqual(read({ ipv4: true, ipv6: false }, {}), { ipv4: false, ipv6: false });
        assert.deepEqual(read({ ipv4: false }, { all: on4 }), { ipv4: true });
        const spec = { ipv4: true, persist: true };
        assert.deepEqual(read(spec, { all: on4, file: [HEAD, "net.ipv4.ip_forward = 1"] }), spec);
        assert.deepEqual(read(spec, { all: on4 }), { ipv4: true, persist: false });
        assert.deepEqual(read({ ipv4: true, persist: false }, { all: on4 }), { ipv4: true, persist: false });
    });

    it("is one for each place, which all stacks share", () => {
        assert.equal(forwardingSetting.shared, true);
        assert.equal(forwardingSetting.id({ ipv4: true }), "forwarding");
        assert.equal(forwardingSetting.id({ namespace: "ns1" }), "forwarding@ns1");
        const { place, key } = forwardingSetting.record({ namespace: "ns1", ipv4: true });
        assert.equal(
            recordFile(place, forwardingSetting.name, key).path,
            "/run/linuxnet/netns.ns1/ForwardingSetting.forwarding.json",
        );
        const ipv4 = { ipv4: true };
        const isOurs = (path: string): boolean => !path.endsWith("accept_ra");
        const forwarding = Object.fromEntries(Object.entries(off).filter(([path]) => isOurs(path)));
        assert.deepEqual(forwardingSetting.before?.(answersOf(settings()), ipv4, story(ipv4)), forwarding);
        const routed = answersOf(settings(), [advertised("eth0")]);
        assert.deepEqual(
            forwardingSetting.before?.(routed, ipv4, story(ipv4)),
            { ...forwarding, "net/ipv6/conf/eth0/accept_ra": "1" },
            "what we may turn around, and no other device's",
        );
        const begun = story(ipv4, { mine: ipv4, before: { "net/ipv4/ip_forward": "7", "net/ipv6/x": "8" } });
        const before = forwardingSetting.before?.(answersOf(settings()), { ipv4: true, ipv6: true }, begun) ?? {};
        assert.equal(before["net/ipv4/ip_forward"], "7", "what was there before the first of us stays");
        assert.equal(before["net/ipv6/conf/all/forwarding"], "0", "what is asked for only now is as it is now");
    });

    it("has a file of its own for each resource", () => {
        assert.equal(persistedPath(owner, ""), FILE);
        assert.match(
            persistedPath({ ...owner, project: "a/b c" }, ""),
            /^\/etc\/sysctl\.d\/90-a-b-c-[0-9a-f]{8}\.conf$/,
        );
        assert.notEqual(persistedPath({ ...owner, name: "other" }, ""), FILE);
    });

    it("says something, and persists on a host alone", () => {
        const nothing = { property: "ipv4", given: "nothing", expected: "ipv4 or ipv6 (or both), true or false" };
        assert.deepEqual(forwardingSettingMistakes({}, []), [nothing]);
        assert.deepEqual(forwardingSettingMistakes({}, ["ipv6"]), []);
        assert.deepEqual(forwardingSettingMistakes({ ipv4: false, persist: true }, []), []);
        assert.deepEqual(forwardingSettingMistakes({ ipv4: true, persist: true, namespace: "ns1" }, []), [
            {
                property: "persist",
                given: "true",
                expected: "false: /etc/sysctl.d is read for the host's own namespace only",
            },
        ]);
    });
});

describe("what stands in the place of the file that persists", () => {
    const folder = "/etc/sysctl.d: directory";
    const path = "/etc/sysctl.d/90-lab-00000000.conf";
    const examples: readonly (readonly [readonly string[], string | undefined])[] = [
        [[folder], undefined],
        [[], undefined],
        [[folder, `${path} net.ipv4.ip_forward = 1`, "/etc/sysctl.d/90-theirs.conf: fifo"], undefined],
        [[folder, `${path}: symbolic link`], `a symbolic link in the place of ${path}`],
        [["/etc/sysctl.d: symbolic link"], "a symbolic link in the place of the folder /etc/sysctl.d"],
    ];
    for (const [said, what] of examples) it(`is ${what ?? "nothing"}`, () => assert.equal(obstacle(path, said), what));
});
