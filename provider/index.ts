import { address as addressKind } from "./address";
import { bridge as bridgeKind } from "./bridge";
import { type Provider, provider } from "./dynamic";
import { forwardingSetting as forwardingSettingKind } from "./forwarding-setting";
import { namespace as namespaceKind } from "./namespace";
import { Program } from "./program";
import { reachability as newReachability } from "./reachability";
import { route as routeKind } from "./route";
import { vethPair as vethPairKind } from "./veth-pair";

/** One for the process, that is, for one operation of the engine. */
const program = new Program();

/*
 * The providers of the kinds, one call for each resource: `owner` is `project/stack/name`. The engine comes here by the
 * text that the SDK registers as `__provider`; everything else about a resource is data.
 */

export const namespace = (owner: string): Provider => provider(namespaceKind, program, owner);
export const vethPair = (owner: string): Provider => provider(vethPairKind, program, owner);
export const bridge = (owner: string): Provider => provider(bridgeKind, program, owner);
export const address = (owner: string): Provider => provider(addressKind, program, owner);
export const route = (owner: string): Provider => provider(routeKind, program, owner);
export const forwardingSetting = (owner: string): Provider => provider(forwardingSettingKind, program, owner);
export const reachability = (owner: string): Provider => newReachability(program, owner);
