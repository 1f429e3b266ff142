import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface RelayOptions {
    readonly to: { readonly host: string; readonly port: number };
    /** For the way there and back: each takes half of it. */
    readonly delayMs?: number;
}

const host = "127.0.0.1";

/** A TCP connection that is slow, or breaks, or hangs: it ends here, and is passed on to another that goes to the real place. */
export class Relay {
    readonly host = host;
    #server: Server | undefined;
    #port = 0;
    #connections = 0;
    #isFrozen = false;
    readonly #open = new Set<Connection>();

    constructor(private readonly options: RelayOptions) {}

    get port(): number {
        return this.#port;
    }

    /** All that were ever made. */
    get connections(): number {
        return this.#connections;
    }

    get openConnections(): number {
        return this.#open.size;
    }

    /** Takes connections, be it again after a cut: at the same port then. */
    async accept(): Promise<void> {
        if (this.#server !== undefined) return;
        const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connect(client));
        server.listen(this.#port, host);
        await once(server, "listening");
        this.#server = server;
        this.#port = portOf(server);
    }

    /** Breaks all connections at once, as a machine that has lost its memory would: both ends are told by an RST. */
    async cut({ refuse = false }: { readonly refuse?: boolean } = {}): Promise<void> {
        const server = this.#server;
        const isClosed = refuse && server !== undefined ? once(server, "close") : undefined;
        if (refuse) {
            server?.close();
            this.#server = undefined;
        }
        for (const connection of this.#open) connection.cut();
        await isClosed;
    }

    /** From now on nothing gets through, neither bytes nor an end; new connections are made, and are as silent. */
    freeze(): void {
        this.#isFrozen = true;
    }

    /** What was held back goes on its way. */
    thaw(): void {
        this.#isFrozen = false;
        for (const connection of this.#open) connection.flush();
    }

    close(): Promise<void> {
        return this.cut({ refuse: true });
    }

    #connect(client: Socket): void {
        this.#connections += 1;
        const { to, delayMs = 0 } = this.options;
        const connection = new Connection(client, connect({ ...to, allowHalfOpen: true, noDelay: true }), {
            delayMs: delayMs / 2,
            isFrozen: () => this.#isFrozen,
        });
        this.#open.add(connection);
        connection.whenClosed(() => this.#open.delete(connection));
    }
}

/** `startRelay({ to: { host: machine.address, port: machine.port }, delayMs: 100 })`. A connection is made without the delay. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    await relay.accept();
    return relay;
}

interface LineOptions {
    readonly delayMs: number;
    isFrozen(): boolean;
}

/** Does what it is told, in order and each thing after the same time, however many are under way; nothing while it is frozen. */
class Line {
    readonly #due: (() => void)[] = [];

    constructor(private readonly options: LineOptions) {}

    /** Node may call a millisecond early. */
    push(action: () => void): void {
        const arrive = (): void => {
            this.#due.push(action);
            this.flush();
        };
        if (this.options.delayMs === 0) arrive();
        else setTimeout(arrive, this.options.delayMs + 1);
    }

    flush(): void {
        while (!this.options.isFrozen()) {
            const action = this.#due.shift();
            if (action === undefined) return;
            action();
        }
    }
}

class Connection {
    readonly #sockets: readonly [Socket, Socket];
    readonly #lines: readonly [Line, Line];

    constructor(client: Socket, server: Socket, options: LineOptions) {
        this.#sockets = [client, server];
        this.#lines = [new Line(options), new Line(options)];
        passOn(client, server, this.#lines[0]);
        passOn(server, client, this.#lines[1]);
    }

    whenClosed(then: () => void): void {
        const check = (): void => {
            if (this.#sockets.every(({ closed }) => closed)) then();
        };
        for (const socket of this.#sockets) socket.on("close", check);
    }

    cut(): void {
        for (const socket of this.#sockets) reset(socket);
    }

    flush(): void {
        for (const line of this.#lines) line.flush();
    }
}

/** An error is told by the close that comes with it. */
function passOn(from: Socket, to: Socket, line: Line): void {
    from.on("data", (bytes: Buffer) => line.push(() => to.destroyed || to.write(bytes)));
    from.on("end", () => line.push(() => to.destroyed || to.end()));
    from.on("error", () => undefined);
    from.on("close", (isBroken) => {
        if (isBroken) line.push(() => reset(to));
    });
}

function reset(socket: Socket): void {
    if (!socket.destroyed) socket.resetAndDestroy();
}

function portOf(server: Server): number {
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("A relay listens on a TCP port.");
    return address.port;
}
