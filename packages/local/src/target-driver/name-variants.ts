/** How many other spellings of a name are tried. */
const MOST = 1024;

/**
 * A name, and the same with letters in the other case: SCST's patterns match them alike, and its session names tell them apart.
 *
 * Session names of scst_local are unique over all of its targets (SPEC sysfs 7), while an initiator may log in to several. Its second
 * session goes by another spelling, so that groups claim it as they claim the first.
 */
export function* nameVariants(name: string): Generator<string> {
  yield name;
  const letters = [...name.matchAll(/[a-z]/giu)].map(({ index }) => index).reverse();
  const last = Math.min(2 ** Math.min(letters.length, 16), MOST);
  for (let mask = 1; mask < last; mask++) {
    const characters = name.split('');
    for (const [bit, index] of letters.entries()) if ((mask & (1 << bit)) !== 0) characters[index] = otherCase(characters[index] ?? '');
    yield characters.join('');
  }
}

const otherCase = (letter: string): string => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());
