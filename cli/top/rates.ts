import { byNumber } from "../../model/order.js";
import type { Place } from "../../model/place.js";
import type { Counters, DeviceCounters } from "../../provider/counters.js";

/** What crosses a device in a second. */
interface Rate {
    readonly bits: number;
    readonly packets: number;
    readonly errors: number;
    readonly drops: number;
}

export interface DeviceRates {
    readonly place: Place;
    readonly device: string;
    readonly received: Rate;
    readonly sent: Rate;
}

/** One of the same name that was made anew has counted from nothing. */
function rate(before: Counters, now: Counters, seconds: number): Rate {
    const isNew = now.bytes < before.bytes || now.packets < before.packets;
    const each = (key: keyof Counters): number => Math.max(0, now[key] - (isNew ? 0 : before[key])) / seconds;
    return { bits: each("bytes") * 8, packets: each("packets"), errors: each("errors"), drops: each("drops") };
}

/** What crosses in both directions. */
const busy = ({ received, sent }: DeviceRates): number => received.bits + sent.bits;

/** Between two readings, the busiest first; nothing of what is not in both. */
export function ratesBetween(
    before: readonly DeviceCounters[],
    now: readonly DeviceCounters[],
    seconds: number,
): DeviceRates[] {
    const keyOf = ({ place, device }: DeviceCounters): string => `${place} ${device}`;
    const former = new Map(before.map((one) => [keyOf(one), one]));
    const rates = now.flatMap((one) => {
        const old = former.get(keyOf(one));
        if (old === undefined) return [];
        const { place, device } = one;
        const [received, sent] = [rate(old.received, one.received, seconds), rate(old.sent, one.sent, seconds)];
        return [{ place, device, received, sent }];
    });
    return rates.toSorted((a, b) => busy(b) - busy(a) || byNumber(a.place, b.place) || byNumber(a.device, b.device));
}
