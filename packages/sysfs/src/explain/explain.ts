import { SysfsError } from '../errors.js';
import { toByteString } from '../names.js';
import { pathParts } from '../paths.js';
import { EXPLANATIONS, type ExplanationRow, type Refusal } from './table.js';

/** What an error means and what can be done about it. Both are absent where nothing is known beyond the errno. */
export interface Explanation {
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
}

/**
 * Why an operation was refused, from the errno, the kind of file and what was written. What the error says itself
 * (`reason`, `hint`) goes before the table.
 *
 * @param path The path from the root of the whole tree, where the error's own is that of a part of it.
 */
export const explain = (error: SysfsError, path = error.path): Explanation => {
  const refusal: Refusal = {
    path: pathParts(path).join('/'),
    operation: error.operation,
    at: error.at,
    words: error.input === undefined ? [] : kernelWords(error.input),
  };
  const row = EXPLANATIONS.find((candidate) => fits(candidate, error, refusal));
  return { reason: error.reason ?? row?.reason, hint: error.hint ?? row?.hint };
};

/** The same error with its explanation in it; the error itself when there is nothing to add. */
export const withExplanation = (error: SysfsError, path = error.path): SysfsError => {
  const { reason, hint } = explain(error, path);
  if (reason === error.reason && hint === error.hint) return error;
  const { operation, code, at, input } = error;
  return new SysfsError({ operation, path: error.path, errno: code, at, input, reason, hint, cause: error.cause ?? error });
};

const fits = ({ errno, file, command, when }: ExplanationRow, { code }: SysfsError, refusal: Refusal): boolean => {
  if (errno !== code || (file !== undefined && !file.test(refusal.path))) return false;
  if (command !== undefined && ![command].flat().includes(refusal.words[0] ?? '')) return false;
  return when === undefined || when(refusal);
};

/** Words as the kernel divides them (SPEC 1.2); the first, the command, without regard to letter case. */
const kernelWords = (input: Uint8Array): string[] => {
  const text = toByteString(input).split('\0', 1)[0] ?? '';
  const [first, ...others] = text.split(/[\t-\r =\xa0]+/u).filter((word) => word !== '');
  return first === undefined ? [] : [first.toLowerCase(), ...others];
};
