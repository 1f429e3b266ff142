import { main } from "./failure.mjs";
import { prepare } from "./preparation.mjs";

await main(async () => {
    await prepare();
    return 0;
});
