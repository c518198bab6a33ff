/**
 * The words of a command line up to the cursor, as a shell divides them: quotes and backslashes are taken away, and the last word is the
 * one being typed, empty after a blank.
 */
export const splitLine = (line: string): string[] => {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote === '' && /\s/u.test(character)) {
      if (begun) words.push(word);
      word = '';
      begun = false;
      continue;
    }
    begun = true;
    if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === '\\' && quote !== "'" && at + 1 < line.length) word += line.charAt(++at);
    else word += character;
  }
  return [...words, word];
};
