import assert from "node:assert/strict";
import { HOST } from "../../model/place";
import { recordsFolder } from "../../provider/host/place";
import {
    bootQuery,
    recordFile,
    recordQuery,
    recordsQuery,
    removeRecord,
    type StoredRecord,
    tellStory,
    writeRecord,
} from "../../provider/record";
import { OTHERS, owner, story } from "./states";

const mine = { owner: "lab/dev/link1", spec: { name: "br0", mtu: 1400, up: true } };
const theirs = { owner: OTHERS, spec: { name: "br0" } };
const record: StoredRecord = { boot: "boot", kind: "Bridge", claims: [theirs, mine], before: { a: "1" } };
const PATH = "/run/linuxnet/host/Bridge.br0.json";
const FILE = { place: HOST, path: PATH, about: HOST };

const pathOf = (place: string, kind: string, key: string): string => recordFile(place, kind, key).path;

describe("the story of an object", () => {
    it("is none without a record", () => {
        const nothing = { record: undefined, mine: undefined, others: [], dropped: {}, stale: false };
        assert.deepEqual(tellStory(owner, "boot", undefined, {}), { owner, boot: "boot", ...nothing });
    });

    it("tells our claim from those of others", () => {
        const told = tellStory(owner, "boot", record, mine.spec);
        assert.deepEqual(told, { owner, boot: "boot", record, mine, others: [theirs], dropped: {}, stale: false });
        assert.deepEqual(tellStory({ ...owner, name: "new" }, "boot", record, {}).others, [theirs, mine]);
    });

    it("tells what was asked for and no longer is", () => {
        assert.deepEqual(story({ name: "br0" }, { mine: mine.spec }).dropped, { mtu: 1400, up: true });
        assert.deepEqual(story({ name: "br0", mtu: 1500, up: false }, { mine: mine.spec }).dropped, {});
        assert.deepEqual(story({ name: "br0", mtu: undefined, up: true }, { mine: mine.spec }).dropped, { mtu: 1400 });
        assert.deepEqual(story(undefined, { mine: mine.spec }).dropped, mine.spec);
    });

    it("tells also what an unfinished change has dropped", () => {
        const previous = { name: "br0", mtu: 1300, stp: true };
        assert.deepEqual(story({ name: "br0" }, { mine: mine.spec, previous }).dropped, {
            mtu: 1400,
            up: true,
            stp: true,
        });
        assert.deepEqual(story({ name: "br0", stp: false }, { mine: { name: "br0" }, previous }).dropped, {
            mtu: 1300,
        });
    });

    it("is void after a boot, but for whose it was", () => {
        const told = tellStory(owner, "later", record, mine.spec);
        assert.deepEqual(
            { ...told, owner: undefined },
            {
                owner: undefined,
                boot: "later",
                record: undefined,
                mine: undefined,
                others: [],
                dropped: {},
                stale: true,
            },
        );
        assert.equal(tellStory({ ...owner, name: "new" }, "later", record, {}).stale, false);
    });
});

describe("a record", () => {
    it("has a path of its place, kind and key", () => {
        assert.equal(pathOf(HOST, "Bridge", "br0"), PATH);
        assert.equal(
            pathOf("ns1", "Route", "::/0 254 1024"),
            "/run/linuxnet/netns.ns1/Route.%3A%3A%2F0%20254%201024.json",
        );
        assert.equal(recordsFolder("ns1"), "/run/linuxnet/netns.ns1");
    });

    it("has a path that a file system takes, whatever the key", () => {
        const path = pathOf("ns1", "Bridge", "x".repeat(400));
        assert.match(path, /^\/run\/linuxnet\/netns\.ns1\/Bridge\.x{160}~[0-9a-f]{12}\.json$/);
        assert.notEqual(path, pathOf("ns1", "Bridge", "x".repeat(401)));
        assert.equal(pathOf(HOST, "A", "../../etc/passwd"), "/run/linuxnet/host/A...%2F..%2Fetc%2Fpasswd.json");
    });

    it("is read as it was written", () => {
        const { content = "" } = writeRecord(FILE, record, true);
        assert.equal(content.includes("\n"), false);
        assert.deepEqual(recordQuery(FILE).read(`${PATH} ${content}`), record);
        assert.deepEqual(writeRecord(FILE, record, true), {
            kind: "file",
            place: HOST,
            path: PATH,
            content,
            exclusive: true,
        });
        assert.deepEqual(removeRecord(FILE), { kind: "file", place: HOST, path: PATH, content: undefined });
    });

    it("is found among all of its place", () => {
        const other = "/run/linuxnet/host/Bridge.br00.json";
        const file = (path: string, spec: object) =>
            `${path} ${JSON.stringify({ ...record, claims: [{ owner: "a/b/c", spec }] })}`;
        const answer = [file(other, { name: "br00" }), file(PATH, { name: "br0" })].join("\n");
        assert.deepEqual(recordQuery(FILE).read(answer)?.claims[0]?.spec, { name: "br0" });
        assert.equal(recordQuery({ ...FILE, path: "/run/linuxnet/host/Bridge.br.json" }).read(answer), undefined);
        assert.equal(recordQuery(FILE).survey, "/run/linuxnet/host/*.json");
        assert.equal(recordQuery(FILE).ask, PATH);
    });

    it("is none where it is torn, or not of ours", () => {
        const read = (text: string) => recordQuery(FILE).read(`${PATH} ${text}`);
        const broken = ['{"boot":"boot","kind', "", "[]", "7", "null", '{"boot":1,"kind":"","claims":[]}'];
        assert.deepEqual(
            broken.map(read),
            broken.map(() => undefined),
        );
        assert.deepEqual(read('{"boot":"b","kind":"k","claims":[],"new":1}'), {
            boot: "b",
            kind: "k",
            claims: [],
            before: {},
        });
        assert.equal(recordQuery(FILE).read(undefined), undefined);
    });
});

describe("the records of a device", () => {
    it("are those whose key begins so", () => {
        const query = recordsQuery("ns1", "Address", "br0 ");
        assert.equal(query.ask, "/run/linuxnet/netns.ns1/Address.br0%20*.json");
        assert.equal(query.survey, "/run/linuxnet/netns.ns1/*.json");
        const line = (device: string, address: string) =>
            `${pathOf("ns1", "Address", `${device} ${address}`)} ${JSON.stringify({ ...record, kind: address })}`;
        const answer = [line("br0", "10.0.0.1/24"), line("br00", "10.0.0.2/24"), line("br0", "fd00::1/64")].join("\n");
        assert.deepEqual(
            query.read(answer).map(({ kind }) => kind),
            ["10.0.0.1/24", "fd00::1/64"],
        );
        assert.deepEqual(query.read(undefined), []);
    });

    it("are all of a kind", () => {
        assert.equal(recordsQuery(HOST, "Route").ask, "/run/linuxnet/host/Route.*.json");
    });
});

describe("a boot", () => {
    it("is told by the kernel", () => {
        assert.equal(bootQuery(HOST).ask, "kernel/random/boot_id");
        assert.equal(bootQuery(HOST).read("kernel/random/boot_id 1b4e28ba"), "1b4e28ba");
    });
});
