import { refuseToBeTheProgram } from "./not-a-program";

export type { Check } from "../model/checks";
export { Address, type AddressArgs } from "./address";
export {
    type AddressPick,
    AddressPool,
    type AddressPoolOptions,
    type PoolAddress,
    type PoolLink,
} from "./address-pool";
export { Bridge, type BridgeArgs } from "./bridge";
export type { AttachArgs, AttachedHost } from "./components/attached-host";
export { FatTree, type FatTreeArgs } from "./components/fat-tree";
export { Lan, type LanArgs, type LanAttachArgs } from "./components/lan";
export { Linear, type LinearArgs } from "./components/linear";
export {
    Overlay,
    type OverlayArgs,
    type OverlayAttachArgs,
    type OverlayEnd,
    type OverlaySite,
} from "./components/overlay";
export { type Peer, PointToPoint, type PointToPointArgs } from "./components/point-to-point";
export { Router, type RouterArgs, type RouterAttachArgs } from "./components/router";
export { Star, type StarArgs } from "./components/star";
export type { Subnets } from "./components/subnets";
export { Switch, type SwitchArgs, type SwitchAttachArgs } from "./components/switch";
export { Tree, type TreeArgs } from "./components/tree";
export {
    Underlay,
    type UnderlayArgs,
    type UnderlayAttachArgs,
    type UnderlayHost,
} from "./components/underlay";
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
