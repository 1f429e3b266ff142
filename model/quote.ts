/** Characters that a terminal acts upon, or that nobody sees: of control, of direction, without a width, half of a pair. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
};

/** Nobody reads more of a text that is wrong. */
const SHOWN = 300;

/** A value as a message shows it: a text in quotes, with nothing in it that is not seen as it is. */
export function quote(value: unknown): string {
    if (typeof value === "string" && value.length > SHOWN) {
        return `${quote(value.slice(0, SHOWN))} and ${value.length - SHOWN} characters more`;
    }
    return String(JSON.stringify(value)).replace(UNSEEN, escaped);
}
