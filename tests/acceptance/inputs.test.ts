import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../support/kernel";
import { Lab, type Operation, useLab } from "../support/lab";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

const beginning = `import * as linuxnet from "pulumi-linuxnet";
const ns1 = new linuxnet.Namespace("ns1");
const ns2 = new linuxnet.Namespace("ns2");
`;

/** A pair between the two namespaces, with what is said of its left end, and the right end in place of the usual one. */
function pair(left: string, right = 'namespace: ns2, name: "right"'): string {
    return `new linuxnet.VethPair("link", { left: { ${left} }, right: { ${right} } });`;
}

interface Mistake {
    readonly what: string;
    readonly program: string;
    /** What the engine shows, to the letter. */
    readonly message: string;
}

const mistakes: readonly Mistake[] = [
    {
        what: "a malformed address",
        program: pair('namespace: ns1, name: "left", addresses: ["192.168.1.300/24"]'),
        message: `pulumi-nodejs:linuxnet:VethPair resource 'link' has a problem: left.addresses: given "192.168.1.300/24"
expected an address with its prefix length, such as 192.168.1.1/24 or fd00::1/64
"192.168.1.300/24": Invalid IPv4 address`,
    },
    {
        what: "a name of 16 bytes",
        program: pair('namespace: ns1, name: "veth-of-16-bytes"'),
        message: `pulumi-nodejs:linuxnet:VethPair resource 'link' has a problem: left.name: given "veth-of-16-bytes"
expected an interface name: 1 to 15 of letters, digits, _ . -, not lo, all, default or help
it has 16 bytes`,
    },
    {
        what: "an unknown namespace",
        program: pair('namespace: "ns3", name: "left"'),
        message: `pulumi-nodejs:linuxnet:VethPair resource 'link' has a problem: left.namespace: given "ns3"
expected a namespace that this program declares before, or one that exists
declared: ns1-dev, ns2-dev`,
    },
    {
        what: "an unreachable gateway",
        program: `${pair('namespace: ns1, name: "left", addresses: ["192.168.1.1/24"]')}
new linuxnet.Route("route", { namespace: ns1, destination: "10.0.0.0/8", gateway: "192.168.2.1" });`,
        message: `pulumi-nodejs:linuxnet:Route resource 'route' has a problem: gateway: given "192.168.2.1"
expected an address in a subnet of ns1-dev
ns1-dev has 192.168.1.1/24 on left`,
    },
    {
        what: "a bridge that is not a bridge",
        program: `const other = new linuxnet.VethPair("other", {
    left: { namespace: ns1, name: "other" },
    right: { namespace: ns2, name: "no-bridge" },
});
${pair('namespace: ns1, name: "left"', "bridge: other.right")}`,
        message: `pulumi-nodejs:linuxnet:VethPair resource 'link' has a problem: right.bridge: given "no-bridge"
expected a bridge in ns2-dev
no-bridge is a veth there`,
    },
    {
        what: "a bridge that is not there",
        program: pair('namespace: ns1, name: "left"', 'bridge: "br7"'),
        message: `pulumi-nodejs:linuxnet:VethPair resource 'link' has a problem: right.bridge: given "br7"
expected a bridge on the host
there is no br7`,
    },
    {
        what: "host bits in a destination",
        program: 'new linuxnet.Route("route", { namespace: ns1, destination: "10.1.0.0/8", gateway: "192.168.2.1" });',
        message: `pulumi-nodejs:linuxnet:Route resource 'route' has a problem: destination: given "10.1.0.0/8"
expected a destination such as 192.168.2.0/24, fd00:2::/64 or "default"
host bits are set; did you mean 10.0.0.0/8?`,
    },
];

/** All that is said about resources and the program, apart from the engine's own "update failed". */
function told({ diagnostics }: Operation): string {
    const errors = diagnostics
        .map(({ message }) => message.replace(/^error: /, ""))
        .filter((one) => one !== "update failed");
    return errors.join("\n");
}

function assertToldAsItIs(operation: Operation, message: string): void {
    assert.equal(operation.succeeded, false, operation.text);
    assert.equal(told(operation), message);
    assert.ok(message.split("\n").length <= 5);
    assert.doesNotMatch(operation.text, /^\s*(?:[~+] .*)? at .*\(?\/.*:\d+:\d+/m, "a stack trace");
}

describe("a mistake is told in a few lines, and nothing is changed", () => {
    let start: Snapshot;
    before(async () => {
        start = await takeSnapshot();
    });
    const lab = useLab("router", { stack: "dev" });

    for (const { what, program, message } of mistakes) {
        it(what, async () => {
            await lab.write(`${beginning}${program}\n`);
            assertToldAsItIs(await lab.preview(), message);
            await assertRestored(start, 0);
        });
    }
});

describe("a namespace that is given by its name", () => {
    const lab = useLab("router", { stack: "dev" });
    const CABLES = 8;
    const program = `import * as linuxnet from "pulumi-linuxnet";
const numbers = [${Array.from({ length: CABLES }, (_, at) => at + 1).join(", ")}];
for (const at of [0, ...numbers]) new linuxnet.Namespace(\`n\${at}\`, { name: \`n\${at}\` });
for (const at of numbers) {
    const left = { namespace: "n0", name: \`to\${at}\`, addresses: [\`10.0.\${at}.1/24\`] };
    const right = { namespace: \`n\${at}\`, name: "eth0", addresses: [\`10.0.\${at}.2/24\`] };
    new linuxnet.VethPair(\`link\${at}\`, { left, right });
    new linuxnet.Route(\`route\${at}\`, { namespace: \`n\${at}\`, destination: "default", gateway: \`10.0.\${at}.1\` });
}
`;

    it("is the one that the program has declared, and comes before what is in it", async () => {
        await lab.write(program);
        const preview = await lab.preview();
        assert.ok(preview.succeeded, preview.text);
        const up = await lab.up();
        assert.ok(up.succeeded, up.text);
        const again = await lab.preview();
        assert.deepEqual([...new Set(again.steps.map(({ op }) => op))].sort(), ["same"]);
        const destroy = await lab.destroy();
        assert.ok(destroy.succeeded, destroy.text);
    });

    it("is refused where the program declares it behind what is in it", async () => {
        await lab.write(`${beginning}${pair('namespace: "ns3-dev", name: "left"')}
new linuxnet.Namespace("ns3");
`);
        const preview = await lab.preview();
        assert.equal(preview.succeeded, false);
        assert.match(
            told(preview),
            /ns3: name: given "ns3-dev"\nexpected a name in which nothing has been put before\ndeclare the namespace before/,
        );
    });
});

describe("a device that a route names, and that is not there", () => {
    const lab = useLab("router", { stack: "dev" });

    it("is told in the preview, be it a number to ip", async () => {
        for (const name of ["lefd", "if3"]) {
            await lab.write(
                `${beginning}new linuxnet.Route("route", { namespace: ns1, destination: "10.0.0.0/8", device: "${name}" });\n`,
            );
            const preview = await lab.preview();
            assert.equal(preview.succeeded, false);
            assert.match(
                told(preview),
                new RegExp(`device: given "${name}"\nexpected a device in ns1-dev\nthere is none`),
            );
        }
    });
});

describe("a gateway that is a neighbour by another resource than its device", () => {
    const lab = useLab("router", { stack: "dev" });

    it("is one once that is there: an Address, a route without a gateway", async () => {
        await lab.write(`${beginning}${pair('namespace: ns1, name: "left", addresses: ["10.1.0.2/24"]')}
const way = { namespace: ns1, device: "left" };
new linuxnet.Address("more", { ...way, address: "10.7.0.2/24" });
new linuxnet.Route("by-address", { ...way, destination: "10.8.0.0/16", gateway: "10.7.0.1" });
new linuxnet.Route("link", { ...way, destination: "10.9.0.1/32" });
new linuxnet.Route("by-link", { ...way, destination: "10.10.0.0/16", gateway: "10.9.0.1" });
`);
        for (const operation of [await lab.preview(), await lab.up(), await lab.destroy()])
            assert.ok(operation.succeeded, operation.text);
    });
});

describe("a machine that will not do is told in a few lines, and nothing is changed", () => {
    const machines = [
        {
            what: "without ip",
            engine: 'exec unshare --mount sh -c \'for ip in $(which -a ip); do mount --bind /dev/null "$(readlink -f "$ip")"; done; exec "$@"\' sh',
            message:
                "pulumi-nodejs:linuxnet:Namespace resource 'ns1' has a problem: this machine has no ip: install Debian's iproute2 and run again",
        },
        {
            what: "without permission",
            engine: "exec unshare --user --map-user=1000 --map-group=1000",
            message:
                "pulumi-nodejs:linuxnet:Namespace resource 'ns1' has a problem: no permission: networks are changed by root; run as root, or let it use sudo: pulumi config set --path linuxnet:hosts.local.sudo true",
        },
    ];

    for (const { what, engine, message } of machines) {
        it(what, async () => {
            const start = await takeSnapshot();
            const folder = await mkdtemp(join(tmpdir(), "engine-"));
            try {
                const real = (await command(["sh", "-c", "command -v pulumi"])).trim();
                await writeFile(join(folder, "pulumi"), `#!/bin/sh\n${engine} ${real} "$@"\n`);
                await chmod(join(folder, "pulumi"), 0o755);
                const environment = { PATH: `${folder}:${process.env["PATH"]}` };
                const lab = await new Lab("point-to-point", { command: "pulumi", environment }).make();
                try {
                    await lab.write('import * as linuxnet from "pulumi-linuxnet";\nnew linuxnet.Namespace("ns1");\n');
                    assertToldAsItIs(await lab.up(), message);
                    await assertRestored(start, 0);
                } finally {
                    await lab.remove();
                }
            } finally {
                await rm(folder, { recursive: true });
            }
        });
    }
});
