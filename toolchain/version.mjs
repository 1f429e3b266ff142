/**
 * Whether a version such as "3.259.0" is another one or a later one. Suffixes such as "-rc.1" do not count.
 *
 * @param {string} found
 * @param {string} wanted
 */
export function isAtLeast(found, wanted) {
    return compareVersions(found, wanted) >= 0;
}

/**
 * @param {string} left
 * @param {string} right
 * @returns {number} negative, zero or positive, as sort() wants it
 */
export function compareVersions(left, right) {
    const ours = numbers(left);
    const theirs = numbers(right);
    for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
        const difference = (ours[index] ?? 0) - (theirs[index] ?? 0);
        if (difference !== 0) return difference;
    }
    return 0;
}

/** @param {string} version */
function numbers(version) {
    return (version.match(/\d+(?:\.\d+)*/)?.[0] ?? "0").split(".").map(Number);
}
