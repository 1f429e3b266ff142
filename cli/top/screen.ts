/** Another screen of the terminal, the cursor hidden; and back to what was there before: xterm's control sequences. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const TO_END_OF_LINE = "\x1b[K";
const TO_END_OF_SCREEN = "\x1b[J";

/** In raw mode Ctrl-C is a key like others. */
const QUIT = ["q", "Q", "\x03", "\x04"];

/** The terminal for as long as we show something there. It gets it back as it was, however we end. */
export class Screen {
    readonly #restore = (): void => {
        process.stdout.write(LEAVE);
        if (process.stdin.isTTY) process.stdin.setRawMode(false);
    };

    constructor(quit: () => void) {
        process.on("exit", this.#restore);
        process.stdout.write(ENTER);
        if (!process.stdin.isTTY) return;
        process.stdin.setRawMode(true).setEncoding("utf8").resume();
        process.stdin.on("data", (keys: string) => {
            if ([...keys].some((key) => QUIT.includes(key))) quit();
        });
    }

    /** As much of the lines as there is room for. */
    show(lines: readonly string[]): void {
        const { rows, columns } = process.stdout;
        const [most, width] = [rows || 24, columns || 80];
        const shown = lines.slice(0, most).map((line) => [...line].slice(0, width).join("") + TO_END_OF_LINE);
        process.stdout.write(HOME + shown.join("\r\n") + TO_END_OF_SCREEN);
    }

    end(): void {
        process.off("exit", this.#restore);
        this.#restore();
        process.stdin.pause();
    }
}
