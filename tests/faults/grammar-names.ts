import * as fc from "fast-check";
import {
    CONTROLS,
    from,
    type Grammar,
    generate,
    HALF_A_PAIR,
    type Hostile,
    inserted,
    joined,
    MARKS,
    mutated,
    OPTIONS,
    PERCENT,
    SHELL,
    UNICODE,
    WORDS,
} from "./grammar";

const plain = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,14}$/);
const short = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);

/** Of one character, to the byte. */
function filled(unit: string, bytes: number): string {
    const times = Math.floor(bytes / Buffer.byteLength(unit));
    return unit.repeat(times) + "x".repeat(bytes - times * Buffer.byteLength(unit));
}

const LENGTHS = [14, 15, 16, 17, 62, 63, 64, 65, 255, 256, 4096];

const NAMES: Grammar = {
    plain,
    "a digit first": fc.stringMatching(/^[0-9][A-Za-z0-9_.-]{0,14}$/),
    word: fc.oneof(from(WORDS), inserted(from(WORDS), [".", "-", "_", "0"])),
    option: fc.oneof(from(OPTIONS), joined(from(OPTIONS), short)),
    traversal: fc.oneof(
        from(["..", ".", "...", "/", "../x", "./a", "a/..", "a/b", "../../etc/passwd", "..\\x", ".hidden"]),
        from(["/proc/1/ns/net", "../../proc/1/ns/net"]),
        inserted(short, ["/", "../", "/..", "/./", "//", ".."]),
    ),
    shell: inserted(short, SHELL),
    control: inserted(short, CONTROLS),
    unicode: fc.oneof(
        inserted(short, [...UNICODE, HALF_A_PAIR]),
        fc.tuple(from(UNICODE), fc.constantFrom(15, 16, 63, 64)).map(([unit, bytes]) => filled(unit, bytes)),
    ),
    length: fc.tuple(short, fc.constantFrom(...LENGTHS)).map(([name, length]) => name.repeat(length).slice(0, length)),
    percent: inserted(short, PERCENT),
    mark: inserted(short, MARKS),
    blank: fc.oneof(from(["", " ", "  ", "\u3000"]), joined(from([" "]), short), joined(short, from([" "]))),
    mutated: mutated(plain, [...SHELL, ...MARKS, ...CONTROLS, ...UNICODE, ..."aZ9_.-"]),
};

/** Those that are names for the most part. */
export const MOSTLY_NAMES = ["plain", "a digit first", "word"];

export const hostileNames = (count: number): Hostile[] => generate(NAMES, "names", count);
