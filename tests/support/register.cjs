const { join } = require("node:path");
const { register } = require("ts-node");

/**
 * Runs TypeScript as it stands: the types are checked once, by tsc, for the whole project. An import of "./x.js" finds x.ts.
 * ts-node would refuse what is an ES module already, and Node would not.
 */
const load = require.extensions[".js"];
register({ cwd: join(__dirname, "..", ".."), transpileOnly: true, experimentalResolver: true });
require.extensions[".mjs"] = load;
