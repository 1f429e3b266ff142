import { placeName } from "../../model/place.js";
import { columns } from "../table.js";
import type { DeviceRates } from "./rates.js";

const UNITS = ["", "k", "M", "G", "T"];

/** Three digits and a unit, by thousands: `1.25 M`; nothing is `0`. */
export function short(value: number): string {
    let [rest, unit] = [value, 0];
    while (rest >= 999.5 && unit < UNITS.length - 1) {
        rest /= 1000;
        unit++;
    }
    if (rest === 0) return "0";
    const digits = rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
    return `${Number(rest.toFixed(digits))}${UNITS[unit] === "" ? "" : ` ${UNITS[unit]}`}`;
}

const HEADING = ["PLACE", "DEVICE", "RX bit/s", "TX bit/s", "RX pkt/s", "TX pkt/s", "DROPS/s", "ERRORS/s"];
const NUMBERS = [2, 3, 4, 5, 6, 7];

function cells({ place, device, received, sent }: DeviceRates): string[] {
    const numbers = [
        received.bits,
        sent.bits,
        received.packets,
        sent.packets,
        received.drops + sent.drops,
        received.errors + sent.errors,
    ];
    return [placeName(place), device, ...numbers.map(short)];
}

/** A heading and a line for each device. */
export const rateLines = (rates: readonly DeviceRates[]): string[] => columns([HEADING, ...rates.map(cells)], NUMBERS);

/** For programs, one line: units are in the names. */
export const rateJson = (rates: readonly DeviceRates[], at: Date, seconds: number): string =>
    JSON.stringify({
        at: at.toISOString(),
        seconds,
        devices: rates.map(({ place, device, received, sent }) => ({
            place: placeName(place),
            device,
            receivedBitsPerSecond: received.bits,
            sentBitsPerSecond: sent.bits,
            receivedPacketsPerSecond: received.packets,
            sentPacketsPerSecond: sent.packets,
            dropsPerSecond: received.drops + sent.drops,
            errorsPerSecond: received.errors + sent.errors,
        })),
    });
