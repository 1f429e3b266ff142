import type { Check } from "../model/checks";

/** What the checks of the whole program can be told on a resource. */
export interface Silence {
    /**
     * Checks that are not to say anything of this resource, by their codes: docs/checks.md.
     * @default none: errors stop the preview, warnings warn
     */
    silence?: Check[] | undefined;
}
