import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, run } from "../support/kernel";
import { useLab } from "../support/lab";
import { linuxnet } from "../support/linuxnet";

const main = join(__dirname, "..", "..", "dist", "cli", "main.js");

describe("a stack that is not there", () => {
    const lab = useLab("point-to-point", { stack: "dev" });

    it("is made by the up that names it, and leaves the selected one selected", async () => {
        const { code, stdout, stderr } = await linuxnet(lab, ["up", "--stack", "two", "--yes", "--skip-preview"]);
        assert.equal(code, 0, stdout + stderr);
        assert.match(stderr, /^Stack "two" is new: made\.$/m);
        assert.match(await command(["ip", "netns"]), /ns1-two/);
        assert.equal((await lab.command("stack", "--show-name")).trim(), "dev");
        const script = await linuxnet(lab, ["commands", "--stack", "two"]);
        assert.match(`${script.code} ${script.stdout}`, /^0 #!\/bin\/bash\n# Nothing would change/);
        assert.match(script.stderr, /^Nothing would change: .*\n {2}linuxnet stack init whole --no-select\n/);
        const destroyed = await linuxnet(lab, ["destroy", "--stack", "two", "--yes", "--skip-preview"]);
        assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
        await lab.command("stack", "rm", "two", "--yes");
    });

    it("is refused by all else, which tells the stacks there are and how one is made, and ends with 2", async () => {
        for (const words of [
            ["preview"],
            ["refresh", "--yes"],
            ["destroy", "--yes"],
            ["commands"],
            ["explain", "ns1", "ns2"],
            ["inspect"],
        ]) {
            const { code, stdout, stderr } = await linuxnet(lab, [...words, "--stack", "tow"]);
            assert.equal(
                `${code} ${stdout}${stderr}`,
                "2 linuxnet: the project point-to-point has no stack tow. There is dev.\n" +
                    '"linuxnet up --stack tow" makes and deploys it; "linuxnet stack init tow" only makes it.\n',
                words[0],
            );
        }
    });
});

describe("a lock whose engine has ended while nobody has waited for it", () => {
    const lab = useLab("point-to-point", { stack: "dev" });

    it("is removed, as in a container whose first process waits for nobody", async () => {
        await copyFile("/bin/true", join(lab.folder, "pulumi"));
        const parent = spawn("sh", ["-c", "./pulumi & echo $!; exec sleep 60"], { cwd: lab.folder });
        const [said] = await once(parent.stdout, "data");
        const pid = Number(said);
        while (!/^\d+ \(pulumi\) Z/.test(await readFile(`/proc/${pid}/stat`, "utf8"))) await sleep(10);
        const folder = join(lab.folder, ".state", ".pulumi", "locks", "organization", "point-to-point", "dev");
        await mkdir(folder, { recursive: true });
        const lock = { pid, username: "root", hostname: hostname(), timestamp: new Date().toISOString() };
        await writeFile(join(folder, "one.json"), JSON.stringify(lock));
        const { code, stderr } = await linuxnet(lab, ["up", "--yes", "--skip-preview"]);
        parent.kill("SIGKILL");
        assert.match(
            stderr,
            new RegExp(`^The lock of an operation that was killed \\(process ${pid}\\) is removed\\.$`, "m"),
        );
        assert.equal(code, 0, stderr);
    });
});

describe("a folder without a Pulumi.yaml", () => {
    it("is told of by each command that is about a lab, with 2", async () => {
        for (const words of [
            ["up", "--yes"],
            ["preview"],
            ["refresh", "--yes"],
            ["destroy", "--yes"],
            ["commands"],
            ["explain", "ns1", "ns2"],
            ["graph"],
            ["inspect"],
        ]) {
            const { code, stdout, stderr } = await run([process.execPath, main, ...words], { folder: tmpdir() });
            assert.equal(`${code}${stdout}`, "2", words[0]);
            assert.match(stderr, /^There is no Pulumi\.yaml in this folder, or above it: .* "linuxnet init" .*\n$/);
        }
    });
});

describe("what linuxnet ends with", () => {
    const lab = useLab("point-to-point", { stack: "dev" });

    it("is 1 where something is not as asked, and not the engine's own number", async () => {
        const unexpected = await linuxnet(lab, ["preview", "--expect-no-changes"]);
        assert.equal(unexpected.code, 1, unexpected.stderr);
        assert.match(unexpected.stdout, /^\+ namespace ns1-dev/m);
        assert.equal((await linuxnet(lab, ["preview", "--json", "--expect-no-changes"])).code, 1);
        const unknown = await linuxnet(lab, ["up", "--yes", "--nosuch"]);
        assert.equal(unknown.code, 1);
        assert.match(unknown.stderr, /unknown flag: --nosuch/);
    });

    it("is 0 where all is well, and what the program writes is beside what is asked for", async () => {
        const program = await lab.read();
        await lab.write(`${program}\nconsole.log("so it goes");\n`);
        const { code, stdout, stderr } = await linuxnet(lab, ["preview"]);
        await lab.write(program);
        assert.equal(`${code} ${stderr}`, "0 so it goes\n");
        assert.match(stdout, /^\+ namespace ns1-dev/);
    });

    it("is 1 where a setting is misspelt, which is named", async () => {
        for (const [key, value, expected] of [
            ["linuxnet:nameing", "verbatim", "one of linuxnet:host, linuxnet:hosts, linuxnet:naming"],
            ["linuxnet:naming", "verbatm", '"verbatim", or none'],
        ] as const) {
            await lab.command("config", "set", key, value);
            const { code, stderr } = await linuxnet(lab, ["preview"]);
            await lab.command("config", "rm", key);
            assert.equal(code, 1, stderr);
            assert.ok(stderr.includes(`${key}: given "${value}"\nexpected ${expected}`), stderr);
        }
    });

    it("is 1 where nobody is there to agree: what would be done is shown, and not done", async () => {
        const nobody = /^Nothing was changed: nobody is there to agree\. .*--yes$/m;
        for (const words of [["up"], ["up", "--diff"], ["refresh", "--diff"], ["destroy"]]) {
            const { code, stdout, stderr } = await linuxnet(lab, words);
            assert.equal(code, 1, words.join(" "));
            assert.match(stderr, nobody);
            if (words.length === 1 && words[0] === "up") assert.match(stdout, /ns1-dev/);
        }
        assert.doesNotMatch(await command(["ip", "netns"]), /ns1-dev/);
    });
});
