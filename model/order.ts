const collator = new Intl.Collator("en", { numeric: true });

/** `m2` before `m10`: numbers in names count as numbers, and no two different texts are the same. */
export const byNumber = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
