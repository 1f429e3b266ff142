import { createServer } from "node:net";

// Tells everybody who it is: node server.mjs NAME
const name = process.argv[2];
createServer((socket) => socket.end(`${name}\n`)).listen(7000, () => console.log(`${name} listens`));
