import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, run } from "../support/kernel";
import { useLab } from "../support/lab";

const projectFolder = join(__dirname, "..", "..");

/** What a test cannot do, or another one does better. */
const NOT_RUN: Readonly<Record<string, string>> = {
    "linuxnet import --host --yes": "the host's is the stack's already (acceptance/import)",
    "linuxnet setup": "it installs packages",
    "linuxnet rootless": "a shell (acceptance/rootless)",
    "linuxnet rootless npx linuxnet up": "it asks (acceptance/rootless)",
    "linuxnet shell ns1": "a shell (acceptance/deployed)",
    "linuxnet capture ns1 veth-ns1 | wireshark -k -i -": "there is no screen (acceptance/deployed)",
    "linuxnet capture ns1 link1 -- -c 100 icmp >icmp.pcap": "it waits for 100 packets (acceptance/deployed)",
    "linuxnet completion fish | source": "the test's shell is bash (acceptance/completion)",
    'eval "$(linuxnet completion zsh)"': "the test's shell is bash (acceptance/completion)",
};

/** What does not end with 0 here. */
const ENDS: Readonly<Record<string, number>> = {
    "linuxnet up": 1, // nobody is there to agree
    "linuxnet destroy": 1, // the same
};

/** The page makes a second stack, and leaves it. */
const TWO = "linuxnet destroy --yes --stack two";

interface Said {
    readonly section: string;
    readonly line: string;
}

/** The commands of the page, without comments and without what is a pattern rather than a command. */
async function said(): Promise<Said[]> {
    const text = await readFile(join(projectFolder, "docs", "cli.md"), "utf8");
    let section = "";
    return text.split("\n").flatMap((line) => {
        section = /^## `linuxnet (.+)`$/.exec(line)?.[1] ?? section;
        const found = /^ {4}((?:npx )?linuxnet\b.*|eval .*)$/.exec(line)?.[1]?.replace(/\s+# .*$/, "");
        return found === undefined || /[[…]/.test(found) ? [] : [{ section, line: found }];
    });
}

describe("docs/cli.md: each command", () => {
    const lab = useLab("router", { stack: "dev" });
    let tools: string;
    let isDone = false;

    before("linuxnet on PATH, and two namespaces of somebody else to import", async () => {
        tools = await mkdtemp(join(tmpdir(), "docs-commands-"));
        const main = join(projectFolder, "dist", "cli", "main.js");
        const script = `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`;
        await writeFile(join(tools, "linuxnet"), script, { mode: 0o755 });
        await writeFile(join(tools, "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
        await mkdir(join(tools, "empty"));
        for (const name of ["ns1", "ns2"]) await command(["ip", "netns", "add", name]);
        await lab.command("stack", "select", "dev");
    });
    after("as it was", async () => {
        if (!isDone) await does({ section: "", line: TWO });
        for (const name of ["ns1", "ns2"]) await command(["ip", "netns", "del", name]);
        await rm(tools, { recursive: true });
    });

    async function does({ section, line }: Said): Promise<void> {
        const environment = {
            ...process.env,
            PATH: `${tools}:${process.env["PATH"]}`,
            PULUMI_BACKEND_URL: `file://${join(lab.folder, ".state")}`,
        };
        // A project is begun where there is none.
        const folder = section === "init" ? join(tools, "empty") : lab.folder;
        const options = { folder, environment, timeoutSeconds: 200 };
        const { code, stdout, stderr } = await run(["bash", "-c", line], options);
        assert.equal(code, ENDS[line] ?? 0, `${line}\n${stdout}${stderr}`);
    }

    it("can be typed as it stands", async function () {
        this.timeout(280_000);
        const all = await said();
        const left = all.filter(({ line }) => NOT_RUN[line] !== undefined);
        assert.deepEqual(
            Object.keys(NOT_RUN).filter((one) => !left.some(({ line }) => line === one)),
            [],
        );
        const todo = all.filter((one) => !left.includes(one));
        assert.ok(todo.length > 30, `${todo.length} commands`);
        // What is deployed is taken away at the end.
        for (const one of todo.filter(({ section }) => section !== "destroy")) await does(one);
        await does({ section: "", line: TWO });
        isDone = true;
        for (const one of todo.filter(({ section }) => section === "destroy")) await does(one);
    });
});
