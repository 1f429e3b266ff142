import * as linuxnet from "pulumi-linuxnet";

const lab = new linuxnet.PointToPoint("lab", { left: "ns1", right: "ns2", subnet: "192.168.1.0/24" });

// No router in between: the ttl arrives as it was sent.
const expect = { ttl: 64 };
new linuxnet.Reachability("ns1-reaches-ns2", { from: lab.left, to: lab.right.address, expect });
new linuxnet.Reachability("ns2-reaches-ns1", { from: lab.right, to: lab.left.address, expect });
