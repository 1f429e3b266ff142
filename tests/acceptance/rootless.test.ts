import assert from "node:assert/strict";
import { join } from "node:path";
import { type Outcome, run } from "../support/kernel";
import { useLab } from "../support/lab";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

const linuxnet = join(__dirname, "..", "..", "dist", "cli", "main.js");

/**
 * Without root's privileges; the files of this checkout are still to be read, wherever it lies. The one that is left is
 * asked of whoever maps the user id 0, which an ordinary user does not have: user_namespaces(7).
 */
const powerless = ["setpriv", "--bounding-set=-all,+setfcap", "--inh-caps=-all", "--ambient-caps=-all", "--"];

describe("without root", () => {
    const lab = useLab("gateway", { stack: "dev" });
    const rootless = (...command: readonly string[]): Promise<Outcome> =>
        run([...powerless, process.execPath, linuxnet, "rootless", ...command], {
            folder: lab.folder,
            timeoutSeconds: 120,
            environment: { ...process.env, PULUMI_BACKEND_URL: `file://${join(lab.folder, ".state")}` },
        });

    it("nothing can be done on the machine's own network", async () => {
        const { code, stderr } = await run([...powerless, "ip", "link", "add", "name", "br0", "type", "bridge"]);
        assert.notEqual(code, 0);
        assert.match(stderr, /Operation not permitted/);
    });

    it("a lab is deployed in a network of one's own, checked, changed and destroyed", async () => {
        const start = await takeSnapshot();
        const script = [
            `linuxnet() { ${process.execPath} ${linuxnet} "$@" --stack dev --yes --skip-preview --non-interactive; }`,
            "linuxnet up && ip netns exec ns1-dev ping -n -c 1 -W 2 10.0.2.2 | grep ttl=",
            // biome-ignore lint/suspicious/noTemplateCurlyInString: as the program has it
            "sed -i 's/addresses: \\[`${lan}.1\\/24`\\]/addresses: [`${lan}.1\\/24`, `${lan}.254\\/24`]/' index.ts",
            "linuxnet up && ip -br addr show dev br0-dev",
            "linuxnet destroy && ip -br link && ls /run /run/netns && sysctl net.ipv4.ip_forward",
        ].join(" && ");
        const { code, stdout, stderr } = await rootless("sh", "-c", script);
        assert.equal(code, 0, stdout + stderr);
        assert.match(stdout, /from 10\.0\.2\.2: icmp_seq=1 ttl=63/);
        assert.match(stdout, /br0-dev .* 192\.168\.1\.1\/24 192\.168\.1\.254\/24/);
        assert.match(stdout, /\nlo .*\n\/run:\n(mount\n)?netns\n\n\/run\/netns:\nnet\.ipv4\.ip_forward = 0\n$/);
        await assertRestored(start);
    });

    it("ends as the command ends, and has its own options", async () => {
        assert.equal((await rootless("sh", "-c", "exit 7")).code, 7);
        assert.equal((await rootless("--", "printf", "%s", "--help")).stdout, "--help");
        assert.match((await rootless("--help")).stdout, /^Usage: linuxnet rootless/);
    });
});
