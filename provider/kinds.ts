import { address } from "./address";
import { bridge } from "./bridge";
import { forwardingSetting } from "./forwarding-setting";
import type { Queries } from "./host/query";
import type { Kind } from "./kind";
import { namespace } from "./namespace";
import type { FlatSpec } from "./record";
import { route } from "./route";
import { simulatedHost } from "./simulated-host";
import { vethPair } from "./veth-pair";
import { vxlan } from "./vxlan";

/** Something for each kind that has an object on a machine, by the kind's name. */
export function forEachKind<T>(
    make: <Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>) => T,
): ReadonlyMap<string, T> {
    return new Map([
        [simulatedHost.name, make(simulatedHost)],
        [namespace.name, make(namespace)],
        [vethPair.name, make(vethPair)],
        [bridge.name, make(bridge)],
        [vxlan.name, make(vxlan)],
        [address.name, make(address)],
        [forwardingSetting.name, make(forwardingSetting)],
        [route.name, make(route)],
    ]);
}
