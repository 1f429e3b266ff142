import assert from "node:assert/strict";
import * as linuxnet from "pulumi-linuxnet";
import { addressSchema } from "../../model/address";
import { bridgeSchema } from "../../model/bridge";
import { forwardingSettingSchema } from "../../model/forwarding-setting";
import { namespaceSchema } from "../../model/namespace";
import { reachabilitySchema } from "../../model/reachability";
import { routeSchema } from "../../model/route";
import { simulatedHostSchema } from "../../model/simulated-host";
import { vethPairSchema } from "../../model/veth-pair";
import { vxlanSchema } from "../../model/vxlan";
import { useLab } from "../support/lab";
import { exportState, keep, readRecords, STACK, versionFolder } from "../support/states";

/** All that the resources of a kind can be given, flat. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
    Address: addressSchema.keys,
    Bridge: bridgeSchema.keys,
    ForwardingSetting: forwardingSettingSchema.keys,
    Namespace: namespaceSchema.keys,
    Reachability: reachabilitySchema.keys,
    Route: routeSchema.keys,
    SimulatedHost: simulatedHostSchema.keys,
    VethPair: vethPairSchema.keys,
    Vxlan: vxlanSchema.keys,
};

/** No test of npm test: tests/states.mjs runs it, once for each release. */
describe("what this version writes", () => {
    const version = process.env["LINUXNET_STATE_VERSION"] ?? "";
    const lab = useLab(versionFolder(version), { stack: STACK });

    it("has every kind of resource, and all that each can be given", async () => {
        const up = await lab.up();
        assert.ok(up.succeeded, up.text);
        const state = await exportState(lab);
        const classes = Object.keys(linuxnet).filter((name) => /^[A-Z]/.test(name));
        assert.deepEqual(Object.keys(keysOf).toSorted(), classes.toSorted());
        const missing = Object.entries(keysOf).flatMap(([kind, keys]) => {
            const resources = state.deployment.resources.filter(
                ({ type }) => type === `pulumi-nodejs:linuxnet:${kind}`,
            );
            const given = new Set(resources.flatMap(({ inputs = {} }) => Object.keys(inputs)));
            return keys.filter((key) => !given.has(key)).map((key) => `${kind}.${key}`);
        });
        assert.deepEqual(missing, [], `to be added to the program of tests/states/${version}`);
        await keep(version, "state.json", state);
        await keep(version, "records.json", await readRecords());
    });
});
