import assert from "node:assert/strict";
import fc from "fast-check";
import { isNamespaceName } from "../../model/name";
import {
    atPlace,
    HOST,
    hostPlace,
    machinePlace,
    type Place,
    placeName,
    placeOf,
    placeParts,
    placeValues,
    where,
} from "../../model/place";
import {
    netnsPath,
    netnsWord,
    recordsFolder,
    settingsFolder,
    simulatedFolder,
    typedAt,
} from "../../provider/host/place";
import { enter } from "../../provider/host/step";

const RUNS = { numRuns: 1000 };
/** Every name that is accepted, and those that look like a part of a path. */
const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/),
    fc.constantFrom("local", "net", "netns", "hosts", "records", "host", "ns1", "sim"),
);
const parts = fc.record(
    {
        machine: name,
        simulated: fc.array(name, { maxLength: 4 }),
        namespace: fc.option(name, { nil: undefined }),
    },
    { noNullPrototype: true },
);
type Parts = ReturnType<typeof placeParts>;
const toPlace = ({ machine, simulated, namespace }: Parts): Place =>
    placeOf({ host: [machine, ...simulated].join("/"), namespace });

/** The own namespace of a simulated host of this machine, and a namespace of that name beside it. */
const isNamesake = (host: Parts, beside: Parts): boolean =>
    host.machine === "local" &&
    host.namespace === undefined &&
    beside.simulated.length === 0 &&
    beside.namespace === host.simulated.join("/");

/** Each sort of place once: its inputs, and how it is written. */
const examples: readonly {
    namespace?: string;
    host?: string;
    place: Place;
    people: string;
    where: string;
    id: string;
    file: string | undefined;
    word: string | undefined;
    records: string;
    settings: string;
    typed: string;
}[] = [
    {
        place: "",
        people: "the host",
        where: "on the host",
        id: "br0",
        file: undefined,
        word: undefined,
        records: "/run/linuxnet/host",
        settings: "/etc/sysctl.d",
        typed: "ip link",
    },
    {
        namespace: "ns1",
        place: "ns1",
        people: "ns1",
        where: "in namespace ns1",
        id: "br0@ns1",
        file: "/run/netns/ns1",
        word: "ns1",
        records: "/run/linuxnet/netns.ns1",
        settings: "/etc/sysctl.d",
        typed: "ip -n ns1 link",
    },
    {
        host: "left",
        place: "left:",
        people: "left",
        where: "on left",
        id: "br0@left",
        file: undefined,
        word: undefined,
        records: "/run/linuxnet/host",
        settings: "/etc/sysctl.d",
        typed: "left: ip link",
    },
    {
        host: "left",
        namespace: "ns1",
        place: "left:ns1",
        people: "ns1 of left",
        where: "in namespace ns1 of left",
        id: "br0@ns1@left",
        file: "/run/netns/ns1",
        word: "ns1",
        records: "/run/linuxnet/netns.ns1",
        settings: "/etc/sysctl.d",
        typed: "left: ip -n ns1 link",
    },
    {
        host: "local/sim",
        place: "sim/",
        people: "sim",
        where: "on sim",
        id: "br0@sim",
        file: "/run/linuxnet/hosts/sim/net",
        word: "/run/linuxnet/hosts/sim/net",
        records: "/run/linuxnet/hosts/sim/records/host",
        settings: "/run/linuxnet/hosts/sim/sysctl.d",
        typed: "nsenter --net=/run/linuxnet/hosts/sim/net ip link",
    },
    {
        host: "local/sim",
        namespace: "ns1",
        place: "sim/ns1",
        people: "ns1 of sim",
        where: "in namespace ns1 of sim",
        id: "br0@ns1@sim",
        file: "/run/linuxnet/hosts/sim/netns/ns1",
        word: "/run/linuxnet/hosts/sim/netns/ns1",
        records: "/run/linuxnet/hosts/sim/records/netns.ns1",
        settings: "/run/linuxnet/hosts/sim/sysctl.d",
        typed: "nsenter --net=/run/linuxnet/hosts/sim/netns/ns1 ip link",
    },
    {
        host: "local/sim/inner",
        namespace: "ns1",
        place: "sim/inner/ns1",
        people: "ns1 of sim/inner",
        where: "in namespace ns1 of sim/inner",
        id: "br0@ns1@sim/inner",
        file: "/run/linuxnet/hosts/sim/hosts/inner/netns/ns1",
        word: "/run/linuxnet/hosts/sim/hosts/inner/netns/ns1",
        records: "/run/linuxnet/hosts/sim/hosts/inner/records/netns.ns1",
        settings: "/run/linuxnet/hosts/sim/hosts/inner/sysctl.d",
        typed: "nsenter --net=/run/linuxnet/hosts/sim/hosts/inner/netns/ns1 ip link",
    },
    {
        host: "left/sim",
        place: "left:sim/",
        people: "left/sim",
        where: "on left/sim",
        id: "br0@left/sim",
        file: "/run/linuxnet/hosts/sim/net",
        word: "/run/linuxnet/hosts/sim/net",
        records: "/run/linuxnet/hosts/sim/records/host",
        settings: "/run/linuxnet/hosts/sim/sysctl.d",
        typed: "left: nsenter --net=/run/linuxnet/hosts/sim/net ip link",
    },
];

describe("a place", () => {
    for (const { namespace, host, place, ...of } of examples) {
        const title = of.where;

        it(`is made of what the user writes: ${title}`, () => {
            assert.equal(placeOf({ namespace, host }), place);
        });

        it(`is named for people: ${title}`, () => {
            assert.equal(placeName(place), of.people);
            assert.equal(where(place), of.where);
        });

        it(`tells an object from its like elsewhere: ${title}`, () => {
            assert.equal(atPlace("br0", place), of.id);
        });

        it(`has its namespace, its records and its settings somewhere: ${title}`, () => {
            assert.equal(netnsPath(place), of.file);
            assert.equal(netnsWord(place), of.word);
            assert.equal(recordsFolder(place), of.records);
            assert.equal(settingsFolder(place), of.settings);
        });

        it(`is entered by that file: ${title}`, () => {
            const entered = of.file === undefined ? ["ip", "link"] : ["nsenter", `--net=${of.file}`, "ip", "link"];
            assert.deepEqual(enter(place, ["ip", "link"]), entered);
        });

        it(`is where a person would type a command: ${title}`, () => {
            assert.equal(typedAt(place, "ip link"), of.typed);
        });
    }

    it("is typed to by `ip netns exec` for what is not ip's", () => {
        assert.equal(typedAt("ns1", "sysctl -w x=1"), "ip netns exec ns1 sysctl -w x=1");
        assert.equal(typedAt("left:ns1", "ipvsadm"), "left: ip netns exec ns1 ipvsadm");
        assert.equal(typedAt("left:", "sysctl -w x=1"), "left: sysctl -w x=1");
        assert.equal(typedAt("sim/ns1", "ping ::1"), "nsenter --net=/run/linuxnet/hosts/sim/netns/ns1 ping ::1");
    });

    it("is made of parts that are found again in it", () => {
        fc.assert(
            fc.property(parts, (made) => {
                assert.deepEqual(placeParts(toPlace(made)), made);
            }),
            RUNS,
        );
    });

    it("is another one where any of its parts is", () => {
        fc.assert(
            fc.property(parts, parts, (one, other) => {
                const isSame = JSON.stringify(one) === JSON.stringify(other);
                assert.equal(toPlace(one) === toPlace(other), isSame);
            }),
            RUNS,
        );
    });

    it("is told by its name from all others, but from a simulated host that is called as a machine", () => {
        fc.assert(
            fc.property(parts, parts, (one, other) => {
                fc.pre(one.machine === other.machine && toPlace(one) !== toPlace(other));
                // Of this machine, a simulated host and a namespace may have the same name: their kinds tell them apart.
                fc.pre(!isNamesake(one, other) && !isNamesake(other, one));
                assert.notEqual(placeName(toPlace(one)), placeName(toPlace(other)));
                assert.notEqual(atPlace("br0", toPlace(one)), atPlace("br0", toPlace(other)));
            }),
            RUNS,
        );
    });

    it("has files on its machine that no other place of it has", () => {
        fc.assert(
            fc.property(parts, parts, (one, other) => {
                fc.pre(toPlace(one) !== toPlace(other) && one.machine === other.machine);
                const [left, right] = [toPlace(one), toPlace(other)];
                assert.notEqual(netnsPath(left) ?? "none", netnsPath(right) ?? "none");
                assert.notEqual(recordsFolder(left), recordsFolder(right));
                const sameHost = hostPlace(left) === hostPlace(right);
                assert.equal(settingsFolder(left) === settingsFolder(right), sameHost);
            }),
            RUNS,
        );
    });

    it("has files below the folder of its host, and those are no other host's", () => {
        fc.assert(
            fc.property(parts, (made) => {
                const place = toPlace(made);
                const folder = simulatedFolder(place);
                assert.equal(folder === undefined, made.simulated.length === 0);
                if (folder === undefined) return;
                const rest = (path: string | undefined) => path?.slice(folder.length).split("/")[1];
                for (const path of [netnsPath(place), recordsFolder(place), settingsFolder(place)]) {
                    assert.ok(path?.startsWith(`${folder}/`));
                    assert.notEqual(rest(path), "hosts");
                }
            }),
            RUNS,
        );
    });

    it("is on a host, and that on a machine", () => {
        assert.deepEqual(["", "ns1"].map(hostPlace), ["", ""]);
        assert.deepEqual(["left:", "left:ns1"].map(hostPlace), ["left:", "left:"]);
        assert.deepEqual(["sim/", "sim/ns1", "left:a/b/ns1"].map(hostPlace), ["sim/", "sim/", "left:a/b/"]);
        assert.deepEqual(["", "ns1", "sim/", "sim/inner/ns1"].map(machinePlace), [HOST, HOST, HOST, HOST]);
        assert.deepEqual(["left:", "left:ns1", "left:sim/ns1"].map(machinePlace), ["left:", "left:", "left:"]);
        fc.assert(
            fc.property(parts, (made) => {
                const place = toPlace(made);
                assert.deepEqual(placeParts(hostPlace(place)), { ...made, namespace: undefined });
                assert.deepEqual(placeParts(machinePlace(place)), { ...made, simulated: [], namespace: undefined });
            }),
            RUNS,
        );
    });

    it("is this machine's whether that is said or not", () => {
        assert.equal(placeOf({ host: "local" }), placeOf({}));
        assert.equal(placeOf({ host: "local", namespace: "ns1" }), placeOf({ namespace: "ns1" }));
        assert.equal(placeOf({ host: "local/local" }), "local/");
        assert.equal(placeOf({ host: "sim" }), "sim:");
    });

    it("is read back as the inputs that were given, no others", () => {
        assert.deepEqual(placeValues({}), {});
        assert.deepEqual(placeValues({ namespace: undefined, host: "local" }), { host: "local" });
        assert.deepEqual(placeValues({ namespace: "ns1", host: "left/sim" }), { namespace: "ns1", host: "left/sim" });
    });

    it("is made of names that cannot lead out of it", () => {
        for (const bad of ["..", ".", "a/b", "a:b", ""]) assert.equal(isNamespaceName(bad), false);
        fc.assert(
            fc.property(parts, (made) => {
                const path = netnsPath(toPlace(made)) ?? "";
                assert.ok(!/\/(\.|\.\.|)(\/|$)/.test(path), path);
                assert.match(path, /^[A-Za-z0-9_./-]*$/);
            }),
            RUNS,
        );
    });
});
