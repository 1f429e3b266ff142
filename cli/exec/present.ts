import { type Place, placeName } from "../../model/place.js";
import { Failure } from "../../toolchain/failure.mjs";

/** Refuses a namespace that is not on its machine: somebody has taken it away. */
export async function requirePlace(place: Place): Promise<void> {
    const [{ ask }, { netnsPath }, { presenceQuery }] = await Promise.all([
        import("../../provider/host/machines.js"),
        import("../../provider/host/place.js"),
        import("../../provider/namespace.js"),
    ]);
    if (netnsPath(place) === undefined) return;
    const { presence } = await ask(place, { presence: presenceQuery(place) });
    if (presence !== "present")
        throw new Failure(`linuxnet: ${placeName(place)} is not there any more: linuxnet up makes it anew.`);
}
