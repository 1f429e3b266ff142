import * as linuxnet from "pulumi-linuxnet";

// Machines of the stack's configuration, or else simulated ones.
const underlay = new linuxnet.Underlay("lab", { subnet: "10.0.2.0/24" });
const left = underlay.attach("left", { index: 15 });
const right = underlay.attach("right", { index: 16 });

const leftLan = new linuxnet.Lan("left", { host: left.host, subnet: "192.168.1.0/24" });
const rightLan = new linuxnet.Lan("right", { host: right.host, subnet: "192.168.2.0/24" });
const [left1, left2] = [leftLan.attach("ns1"), leftLan.attach("ns2")];
const [right1, right2] = [rightLan.attach("ns1"), rightLan.attach("ns2")];

// What is behind a host is reached by way of it.
underlay.route(left, leftLan.subnet);
underlay.route(right, rightLan.subnet);

// Two routers in between, the hosts: the ttl of 64 arrives as 62.
const expect = { ttl: 62 };
new linuxnet.Reachability("left1-reaches-right1", { from: left1, to: right1.address, expect });
new linuxnet.Reachability("left2-reaches-right2", { from: left2, to: right2.address, expect });
new linuxnet.Reachability("right1-reaches-left2", { from: right1, to: left2.address, expect });
new linuxnet.Reachability("right2-reaches-left1", { from: right2, to: left1.address, expect });
