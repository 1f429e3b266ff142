import assert from "node:assert/strict";
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { command } from "../support/kernel";
import { type Inputs, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";

const FOLDER = "/etc/sysctl.d";
/** Somebody's, and nobody else's business. */
const FOREIGN = "/etc/foreign.conf";
const WORDS = "# somebody's own\nkernel.domainname = theirs\n";

/** What may stand where a file of ours belongs, and how a message calls it. */
const INTRUDERS = [
    { what: "symbolic link", make: (path: string) => symlink(FOREIGN, path) },
    { what: "symbolic link", make: (path: string) => symlink("/etc/there-is-none.conf", path) },
    { what: "directory", make: (path: string) => mkdir(path) },
    { what: "fifo", make: (path: string) => command(["mkfifo", path]) },
    { what: "regular empty file", make: (path: string) => writeFile(path, "") },
] as const;

/** What a path is, and what is in it; a fifo must not be opened. */
async function describePath(path: string): Promise<string> {
    const status = await lstat(path).catch(() => undefined);
    if (status === undefined) return "absent";
    if (status.isSymbolicLink()) return `link to ${await readlink(path)}`;
    if (status.isDirectory()) return `folder of ${(await readdir(path)).join(", ")}`;
    if (status.isFIFO()) return "fifo";
    return `${status.nlink} ${(status.mode & 0o777).toString(8)} ${await readFile(path, "utf8")}`;
}

describe("A file of ours in /etc/sysctl.d", () => {
    const stack = useStack();
    const inputs: Inputs = { ipv4: true, persist: true };
    const ours = async (): Promise<string[]> => (await readdir(FOLDER)).filter((name) => name.startsWith("90-lab-"));
    /** Its name is always the same. */
    let path = "";

    beforeEach("a file of somebody", async () => {
        await writeFile(FOREIGN, WORDS);
        const probe = await stack.up("ForwardingSetting", "routing", inputs);
        path = join(FOLDER, (await ours())[0] ?? "");
        await probe.delete();
        assert.deepEqual(await ours(), []);
    });
    afterEach("all away", async () => {
        await rm(path, { recursive: true, force: true });
        await rm(FOREIGN);
    });

    for (const [index, { what, make }] of INTRUDERS.entries()) {
        it(`is not made where a ${what} stands (${index})`, async () => {
            await make(path);
            const [before, network] = [await describePath(path), await takeSnapshot()];
            const found = `found a ${what} in the place of ${path}: linuxnet did not create it`;
            const setting = stack.resource("ForwardingSetting", "routing");
            await assert.rejects(setting.up(inputs), (error: Error) => {
                assert.ok(error.message.includes(`${found}; remove it, or choose another`), error.message);
                return true;
            });
            // As if it had come after the check:
            await assert.rejects(setting.create(inputs), (error: Error) => {
                assert.match(error.message, /Nothing was changed\. Remove it/);
                assert.ok(error.message.startsWith(`${found}.\n`), error.message);
                return true;
            });
            assertSame(network, await takeSnapshot());
            assert.equal(await describePath(path), before);
            assert.equal(await readFile(FOREIGN, "utf8"), WORDS);
        });

        it(`is neither written nor removed when a ${what} has taken its place (${index})`, async () => {
            const network = await takeSnapshot();
            const setting = await stack.up("ForwardingSetting", "routing", inputs);
            await rm(path);
            await make(path);
            const before = await describePath(path);
            assert.deepEqual(await setting.refresh(), ["persist: true → false"]);
            await assert.rejects(setting.up({ ...inputs, ipv6: true }), (error: Error) => {
                assert.equal(
                    error.message,
                    `found a ${what} in the place of ${path}: linuxnet did not create it.\n` +
                        "Nothing was changed. Remove it, and run again.",
                );
                return true;
            });
            assert.equal(await describePath(path), before);
            await setting.delete();
            assert.equal(await describePath(path), before);
            assert.equal(await readFile(FOREIGN, "utf8"), WORDS);
            await assertRestored(network);
        });
    }

    it("is not made over a hard link, or what is written without a last line break", async () => {
        for (const make of [
            ["ln", FOREIGN, path],
            ["sh", "-c", `printf %s theirs >${path}`],
        ] as const) {
            await command(make);
            const before = await describePath(path);
            await assert.rejects(
                stack.up("ForwardingSetting", "routing", inputs),
                /found a file .* with other content/,
            );
            assert.equal(await describePath(path), before);
            assert.equal(await readFile(FOREIGN, "utf8"), WORDS);
            await rm(path);
        }
    });

    it("does not go through a hard link that has taken its place", async () => {
        const setting = await stack.up("ForwardingSetting", "routing", inputs);
        await rm(path);
        await command(["ln", FOREIGN, path]);
        await setting.delete();
        assert.equal(await describePath(path), `2 644 ${WORDS}`);
        assert.equal(await readFile(FOREIGN, "utf8"), WORDS);
    });

    it("is not made in a folder that is a link", async () => {
        await rename(FOLDER, `${FOLDER}.theirs`);
        await symlink(`${FOLDER}.theirs`, FOLDER);
        try {
            const before = await describePath(`${FOLDER}.theirs`);
            const found = `found a symbolic link in the place of the folder ${FOLDER}: linuxnet did not create it`;
            await assert.rejects(stack.up("ForwardingSetting", "routing", inputs), (error: Error) => {
                assert.ok(error.message.includes(found), error.message);
                return true;
            });
            assert.equal(await describePath(`${FOLDER}.theirs`), before);
        } finally {
            await rm(FOLDER);
            await rename(`${FOLDER}.theirs`, FOLDER);
        }
    });
});

describe("A record of ours below /run/linuxnet", () => {
    const stack = useStack();
    const bridge: Inputs = { name: "br7" };
    const record = "/run/linuxnet/host/Bridge.br7.json";
    const THEIRS = "/run/theirs";

    beforeEach("a folder of somebody", async () => {
        await mkdir(join(THEIRS, "host"), { recursive: true });
        await writeFile(join(THEIRS, "host", basename(record)), WORDS);
    });
    afterEach("all away", async () => {
        await rm("/run/linuxnet", { recursive: true, force: true });
        await rm(THEIRS, { recursive: true });
    });

    const theirs = async (): Promise<string> =>
        [await describePath(join(THEIRS, "host")), await describePath(join(THEIRS, "host", basename(record)))].join();

    const links = [
        { link: record, to: join(THEIRS, "host", basename(record)) },
        { link: "/run/linuxnet/host", to: join(THEIRS, "host") },
        { link: "/run/linuxnet", to: THEIRS },
    ];
    for (const { link, to } of links) {
        it(`is not written through a link: ${link}`, async () => {
            const [before, network] = [await theirs(), await takeSnapshot()];
            await mkdir(join(link, ".."), { recursive: true });
            await symlink(to, link);
            await assert.rejects(stack.up("Bridge", "switch", bridge), (error: Error) => {
                const said = `write ${record}: found a symbolic link ${link}: linuxnet did not make it; remove it`;
                assert.ok(error.message.startsWith(said), error.message);
                return true;
            });
            assert.equal(await theirs(), before);
            assert.equal(await readlink(link), to);
            assertSame(network, await takeSnapshot());
        });

        it(`is not removed through a link: ${link}`, async () => {
            const before = await theirs();
            const device = await stack.up("Bridge", "switch", bridge);
            await rm(link, { recursive: true });
            await symlink(to, link);
            await device.delete().catch(() => undefined);
            assert.equal(await theirs(), before);
            assert.equal(await readlink(link), to);
        });
    }

    it("is not written through a link by a shell that has written others before", async () => {
        const before = await theirs();
        const warm = await stack.up("Bridge", "warm", { name: "br8" });
        await command(["ip", "netns", "add", "theirs"]);
        await symlink(THEIRS, "/run/linuxnet/netns.theirs");
        await assert.rejects(stack.up("Bridge", "switch", { ...bridge, namespace: "theirs" }), (error: Error) => {
            assert.match(
                error.message,
                /^write \S+: found a symbolic link \/run\/linuxnet\/netns\.theirs: linuxnet did not/,
            );
            return true;
        });
        assert.equal(await theirs(), before);
        assert.deepEqual(await readdir(THEIRS), ["host"]);
        await rm("/run/linuxnet/netns.theirs");
        await command(["ip", "netns", "del", "theirs"]);
        await warm.delete();
    });

    it("is none where somebody has put a fifo", async () => {
        await mkdir(join(record, ".."), { recursive: true });
        await command(["mkfifo", record]);
        await assert.rejects(
            stack.up("Bridge", "switch", bridge),
            /found a fifo .*: linuxnet did not make it; remove it/,
        );
        assert.equal(await describePath(record), "fifo");
    });

    it("of a namespace does not take a folder of somebody along", async () => {
        await mkdir(join(THEIRS, "netns.ns7"));
        await mkdir("/run/linuxnet/host", { recursive: true });
        const namespace = await new Stack().up("Namespace", "ns7", { name: "ns7" });
        await rm("/run/linuxnet", { recursive: true });
        await symlink(THEIRS, "/run/linuxnet");
        await namespace.delete().catch(() => undefined);
        assert.equal(await describePath(join(THEIRS, "netns.ns7")), "folder of ");
    });
});
