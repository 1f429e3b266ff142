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

const KIND = "pulumi-nodejs:linuxnet:";

/** No test of npm test: tests/states.mjs runs it, once for each release. */
describe("what this version writes", () => {
    const version = process.env["LINUXNET_STATE_VERSION"] ?? "";
    const program = `the program of tests/states/${version} has to have all`;
    const lab = useLab(versionFolder(version), { stack: STACK });

    it("has every kind of resource, and all that each can be given", async () => {
        const up = await lab.up();
        assert.ok(up.succeeded, up.text);
        const state = await exportState(lab);
        const { resources } = state.deployment;
        const kindsIn = (scope: string): string[] => [
            ...new Set(resources.flatMap(({ type }) => (type.startsWith(scope) ? [type.slice(scope.length)] : []))),
        ];
        const classes = Object.keys(linuxnet).filter((name) => /^[A-Z]/.test(name) && name !== "AddressPool");
        const kinds = kindsIn(KIND);
        assert.deepEqual(kinds.toSorted(), Object.keys(keysOf).toSorted(), "the kinds of the program, and those above");
        assert.deepEqual([...kinds, ...kindsIn("linuxnet:components:")].toSorted(), classes.toSorted(), program);
        const missing = Object.entries(keysOf).flatMap(([kind, keys]) => {
            const own = resources.filter(({ type }) => type === KIND + kind);
            const given = new Set(own.flatMap(({ inputs = {} }) => Object.keys(inputs)));
            return keys.filter((key) => !given.has(key)).map((key) => `${kind}.${key}`);
        });
        assert.deepEqual(missing, [], program);
        await keep(version, "state.json", state);
        await keep(version, "records.json", await readRecords());
    });
});
