import { refuseToBeTheProgram } from "./not-a-program";

export type { Check } from "../model/checks";
export { Address, type AddressArgs } from "./address";
export { Bridge, type BridgeArgs } from "./bridge";
export type { Device, DeviceInput } from "./device";
export { ForwardingSetting, type ForwardingSettingArgs } from "./forwarding-setting";
export { configuredHost } from "./host";
export { Namespace, type NamespaceArgs } from "./namespace";
export type { HostInput, Place } from "./place";
export { Reachability, type ReachabilityArgs } from "./reachability";
export { Route, type RouteArgs, type RouteNexthop } from "./route";
export type { Silence } from "./silence";
export { SimulatedHost, type SimulatedHostArgs } from "./simulated-host";
export { type Endpoint, VethPair, type VethPairArgs } from "./veth-pair";
export { Vxlan, type VxlanArgs } from "./vxlan";

refuseToBeTheProgram(module.parent?.filename);
