import * as linuxnet from "pulumi-linuxnet";

const router = new linuxnet.Router("lab");

const ns1 = router.attach("ns1", { subnet: "192.168.1.0/24" });
const ns2 = router.attach("ns2", { subnet: "192.168.2.0/24" });

// One router in between: the ttl of 64 arrives as 63.
new linuxnet.Reachability("ns1-reaches-ns2", { from: ns1, to: ns2.address, expect: { ttl: 63 } });
new linuxnet.Reachability("ns2-reaches-ns1", { from: ns2, to: ns1.address, expect: { ttl: 63 } });
