import { connect } from "node:net";

// Asks one server after the other, and prints the first answer: node client.mjs ADDRESS ADDRESS …
/** @param {string} address */
function ask(address) {
    return new Promise((resolve, reject) => {
        const socket = connect(7000, address, () => socket.setEncoding("utf8").on("data", resolve));
        socket.setTimeout(500, () => socket.destroy(new Error(`${address} is silent`)));
        socket.on("error", reject);
    });
}

for (const address of process.argv.slice(2)) {
    try {
        process.stdout.write(await ask(address));
        process.exit(0);
    } catch (error) {
        console.error(`${error}`);
    }
}
console.error("no server answers");
process.exit(1);
