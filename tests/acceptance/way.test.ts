import assert from "node:assert/strict";
import { ip } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

const PROGRAM = `
import * as linuxnet from "pulumi-linuxnet";
import * as pulumi from "@pulumi/pulumi";

const [r, a, b] = ["r", "a", "b"].map((name) => new linuxnet.Namespace(name, { name: name + "-way" }));
new linuxnet.VethPair("wide", {
    left: { namespace: r, name: "wide", addresses: ["10.0.0.1/16"] },
    right: { namespace: a, name: "eth0", addresses: ["10.0.0.2/16"] },
});
new linuxnet.VethPair("narrow", {
    left: { namespace: r, name: "narrow", addresses: ["10.0.9.1/30"] },
    right: { namespace: b, name: "eth0", addresses: ["10.0.9.2/30"] },
});
const behind = { namespace: r, destination: "10.50.0.0/24", gateway: "10.0.9.2" };
new linuxnet.Route("plain", behind);
new linuxnet.Route("later", { ...behind, destination: "10.51.0.0/24", gateway: pulumi.output("10.0.9.2") });
`;

describe("a route whose gateway is in the subnets of two devices", () => {
    const lab = useLab("point-to-point", { stack: "dev" });

    it("leads over the smaller one, as the kernel would have it", async () => {
        await lab.write(PROGRAM);
        assertSucceeded(await lab.up());
        for (const destination of ["10.50.0.0/24", "10.51.0.0/24"]) {
            const found = await ip("-n", "r-way", "route", "show", destination);
            assert.match(found, /^10\.5[01]\.0\.0\/24 via 10\.0\.9\.2 dev narrow /);
        }
        assertSucceeded(await lab.destroy());
    });
});
