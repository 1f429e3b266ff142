import * as linuxnet from "pulumi-linuxnet";

// Every component: what it is made of, the names in it, and the addresses that it hands out are in the state, too.
const pool = new linuxnet.AddressPool("10.9.0.0/16");
const cable = new linuxnet.AddressPool("10.8.0.0/24").link("cable");
new linuxnet.PointToPoint("pair", { left: "pair1", right: "pair2", subnet: pool.subnet("pair", 30) });

const box = new linuxnet.Namespace("box");
const plain = new linuxnet.Switch("plain", { namespace: box });
plain.attach("h1", { addresses: [cable.left.cidr] });
plain.attach("h2", { addresses: [cable.right.cidr] });

const router = new linuxnet.Router("router");
router.attach("h1", { subnet: pool.subnet("r1", 24) });
router.attach("h2", { subnet: [pool.subnet("r2", 24), "fd00:2::/64"] });

const underlay = new linuxnet.Underlay("under", { subnet: "10.7.0.0/24" });
const left = underlay.attach("left", { index: 15 });
const right = underlay.attach("right");
const lan = new linuxnet.Lan("lan", { host: left.host, subnet: "10.6.0.0/24" });
lan.attach("ns1");
lan.attach("web", { index: 80 });
underlay.route(left, lan.subnet);
const overlay = new linuxnet.Overlay("over", { vni: 44, sites: [left, right], subnet: "10.5.0.0/24" });
overlay.attach("ns1", { at: left });
overlay.attach("ns2", { at: right });

new linuxnet.Star("star", { namespace: box, hosts: 2, subnet: "10.4.0.0/24" });
new linuxnet.Linear("row", { namespace: box, switches: 2, subnet: "10.3.0.0/16" });
new linuxnet.Tree("tree", { namespace: box, depth: 1, fanout: 2, subnet: "10.2.0.0/16" });
new linuxnet.FatTree("fat", { pods: 2 });
