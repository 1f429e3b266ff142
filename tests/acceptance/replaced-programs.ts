const IMPORT = 'import * as linuxnet from "pulumi-linuxnet";\n';

/** A spine with six leaves and ten routes to what is behind them; beside it, a pair between two leaves. */
const spine = (name: string): string => `${IMPORT}
const spine = new linuxnet.Namespace("spine", { name: "${name}" });
new linuxnet.ForwardingSetting("forwarding", { namespace: spine, ipv4: true });
const leaves = [1, 2, 3, 4, 5, 6].map((at) => new linuxnet.Namespace(\`leaf\${at}\`, { name: \`leaf\${at}\` }));
leaves.forEach((leaf, index) => {
    const at = index + 1;
    new linuxnet.VethPair(\`link\${at}\`, {
        left: { namespace: spine, name: \`to\${at}\`, addresses: [\`10.0.\${at}.1/24\`] },
        right: { namespace: leaf, name: "eth0", addresses: [\`10.0.\${at}.2/24\`] },
    });
    new linuxnet.Route(\`out\${at}\`, { namespace: leaf, destination: "default", gateway: \`10.0.\${at}.1\`, device: "eth0" });
});
for (let at = 1; at <= 10; at++) {
    const leaf = ((at - 1) % 6) + 1;
    new linuxnet.Address(\`behind\${at}\`, { namespace: leaves[leaf - 1], device: "lo", address: \`10.1.\${at}.1/32\` });
    new linuxnet.Route(\`route\${at}\`, { namespace: spine, destination: \`10.1.\${at}.0/24\`, gateway: \`10.0.\${leaf}.2\` });
}
new linuxnet.VethPair("beside", {
    left: { namespace: leaves[0], name: "beside", addresses: ["10.0.99.1/24"] },
    right: { namespace: leaves[1], name: "beside", addresses: ["10.0.99.2/24"] },
});
`;
export const SPINE = spine("spine");
export const RENAMED_NAMESPACE = spine("backbone");

/** A pair whose right end is in one of two namespaces, an address behind it and a route to that; beside it, another pair. */
const couple = (right: string): string => `${IMPORT}
const [a, b, c] = ["a", "b", "c"].map((name) => new linuxnet.Namespace(name, { name }));
const link = new linuxnet.VethPair("link", {
    left: { namespace: a, name: "moving-l", addresses: ["10.0.0.1/24"] },
    right: { namespace: ${right}, name: "moving-r", addresses: ["10.0.0.2/24"] },
});
new linuxnet.Address("far", { namespace: ${right}, device: "lo", address: "10.9.0.1/32" });
new linuxnet.Route("to-far", { namespace: a, destination: "10.9.0.0/24", gateway: "10.0.0.2" });
new linuxnet.VethPair("beside", {
    left: { namespace: a, name: "beside", addresses: ["10.2.0.1/24"] },
    right: { namespace: b, name: "beside", addresses: ["10.2.0.2/24"] },
});
`;
export const COUPLE = couple("b");
export const MOVED = couple("c");

/** Two bridges with two ports each, and a route over the first. */
export const HUB = (first: string, second: string): string => `${IMPORT}
const hub = new linuxnet.Bridge("hub", { name: "${first}", addresses: ["10.1.0.254/24"] });
const other = new linuxnet.Bridge("other", { name: "${second}", addresses: ["10.2.0.254/24"] });
[hub, hub, other, other].forEach((bridge, index) => {
    const at = index + 1;
    const host = new linuxnet.Namespace(\`h\${at}\`, { name: \`h\${at}\` });
    new linuxnet.VethPair(\`link\${at}\`, {
        left: { namespace: host, name: "eth0", addresses: [\`10.\${at < 3 ? 1 : 2}.0.\${at}/24\`] },
        right: { name: \`p\${at}\`, bridge },
    });
    if (at === 1) new linuxnet.Address("behind", { namespace: host, device: "lo", address: "10.9.0.1/32" });
});
new linuxnet.Route("via-hub", { destination: "10.9.0.0/24", gateway: "10.1.0.1" });
`;
export const SWAPPED_BRIDGES = HUB("br1", "br0");

/** Two pairs between two namespaces, and a route over each; the names of their left ends, and those of the namespaces. */
export const SWAPPED_PAIRS = (ends: { left: string; right: string }, near: string, far: string): string => `${IMPORT}
const near = new linuxnet.Namespace("near", { name: "${near}" });
const far = new linuxnet.Namespace("far", { name: "${far}" });
["${ends.left}", "${ends.right}"].forEach((name, index) => {
    const at = index + 1;
    new linuxnet.VethPair(\`link\${at}\`, {
        left: { namespace: near, name, addresses: [\`10.\${at}.0.1/24\`] },
        right: { namespace: far, name, addresses: [\`10.\${at}.0.2/24\`] },
    });
    new linuxnet.Address(\`behind\${at}\`, { namespace: far, device: "lo", address: \`10.9.\${at}.1/32\` });
    new linuxnet.Route(\`route\${at}\`, { namespace: near, destination: \`10.9.\${at}.0/24\`, gateway: \`10.\${at}.0.2\` });
});
`;

/** Tunnels over a device that is given by its name, that is given itself, and that has their address: their MTU follows its. */
export const TUNNELS = `
import { VethPair, Vxlan } from "pulumi-linuxnet";
const under = new VethPair("under", { left: { name: "under0", addresses: ["10.9.0.1/24"], mtu: 1400 }, right: { name: "under1" } });
const tunnel = { local: "10.9.0.1", remotes: ["10.9.0.2"] };
new Vxlan("named", { ...tunnel, name: "vx1", vni: 1, device: "under0" });
new Vxlan("given", { ...tunnel, name: "vx2", vni: 2, device: under.left });
new Vxlan("found", { ...tunnel, name: "vx3", vni: 3 });
`;
export const LOWERED_TUNNELS = TUNNELS.replace("mtu: 1400", "mtu: 1300");
export const FREED_TUNNELS = TUNNELS.replace(", mtu: 1400", "");
