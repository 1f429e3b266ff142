import { failWithoutAssertions } from "./assertions";
import { requirePrivateNamespace } from "./private-namespace";

/** What holds for every test, whoever runs it. */
export const mochaHooks: Mocha.RootHookObject = {
    beforeAll(this: Mocha.Context) {
        requirePrivateNamespace(this);
    },
    beforeEach(this: Mocha.Context) {
        failWithoutAssertions(this);
    },
};
