import { type Owner, parseOwner, sameStack, stackDigits } from "../model/owner";
import { address as addressKind } from "./address";
import { bridge as bridgeKind } from "./bridge";
import { type Provider, provider } from "./dynamic";
import { forwardingSetting as forwardingSettingKind } from "./forwarding-setting";
import { readConnections } from "./host/configuration";
import { endWithEngine } from "./host/engine";
import { closeMachines, configureMachines } from "./host/machines";
import type { Queries } from "./host/query";
import type { Kind } from "./kind";
import { namespace as namespaceKind } from "./namespace";
import { Program } from "./program";
import { reachability as newReachability } from "./reachability";
import type { FlatSpec } from "./record";
import { restorationOf } from "./rollback";
import { route as routeKind } from "./route";
import { simulatedHost as simulatedHostKind } from "./simulated-host";
import { vethPair as vethPairKind } from "./veth-pair";
import { vxlan as vxlanKind } from "./vxlan";

/** One for the process, that is, for one operation of the engine on one stack. */
const program = new Program();
let stack: Owner | undefined;

/** What is done from now on is done for this stack. */
export function workFor(wanted: Owner): void {
    if (stack !== undefined && sameStack(stack, wanted)) return;
    stack = wanted;
    configureMachines(
        () => readConnections(wanted),
        stackDigits(wanted),
        (place) => restorationOf(place, wanted),
    );
    endWithEngine();
}

/** The engine's process works for one stack; one that has been renamed has its former name in the state. */
function configure(owner: string): void {
    if (stack === undefined) workFor(parseOwner(owner));
}

export type { Provider };

/*
 * The providers of the kinds, one call for each resource: `owner` is `project/stack/name`. The engine comes here by the
 * text that the SDK registers as `__provider`; everything else about a resource is data.
 */

const of =
    <Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>) =>
    (owner: string): Provider => {
        configure(owner);
        return { ...provider(kind, program, owner), end: closeMachines };
    };

export const simulatedHost = of(simulatedHostKind);
export const namespace = of(namespaceKind);
export const vethPair = of(vethPairKind);
export const bridge = of(bridgeKind);
export const vxlan = of(vxlanKind);
export const address = of(addressKind);
export const route = of(routeKind);
export const forwardingSetting = of(forwardingSettingKind);

export const reachability = (owner: string): Provider => {
    configure(owner);
    return { ...newReachability(program, owner), end: closeMachines };
};
