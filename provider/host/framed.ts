interface Frame {
    readonly body: string;
    readonly tail: string;
}

/** A stream cut at the mark. */
export class Framed {
    #text = "";
    #waiting: { resolve: (frame: Frame) => void; reject: () => void } | undefined;
    #ended = false;
    /** Nothing more comes. */
    readonly closed: Promise<void>;

    constructor(
        stream: NodeJS.ReadableStream,
        private readonly mark: string,
    ) {
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
            this.#text += text;
            this.#deliver();
        });
        this.closed = new Promise((resolve) => {
            stream.on("close", () => {
                this.#ended = true;
                this.#waiting?.reject();
                resolve();
            });
        });
    }

    get ended(): boolean {
        return this.#ended;
    }

    /** What has come and is no whole frame. */
    get rest(): string {
        return this.#text.trim();
    }

    next(): Promise<Frame> {
        return new Promise((resolve, reject) => {
            this.#waiting = { resolve, reject };
            this.#deliver();
            if (this.#waiting && this.#ended) reject();
        });
    }

    #deliver(): void {
        if (!this.#waiting) return;
        const at = this.#text.indexOf(`\n${this.mark}`);
        const end = at < 0 ? -1 : this.#text.indexOf("\n", at + 1);
        if (end < 0) return;
        const frame = { body: this.#text.slice(0, at), tail: this.#text.slice(at + 2 + this.mark.length, end) };
        this.#text = this.#text.slice(end + 1);
        const { resolve } = this.#waiting;
        this.#waiting = undefined;
        resolve(frame);
    }
}
