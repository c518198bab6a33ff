import { fromByteString, parseKernelBoolean } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { INT, parseNumber } from '../text/numbers.js';

/** A module parameter (SPEC sysfs 13), as the kernel's module_param declares it. */
export interface ModuleParameter {
  readonly name: string;
  /** The kernel's name of the type. */
  readonly type: 'bool' | 'int' | 'charp';
  readonly default: string;
  /** Permission bits of its file below `/sys/module/NAME/parameters`. */
  readonly mode: 0o444 | 0o644;
  readonly description: string;
}

/** The kernel's kstrtobool(): the first character decides, two of `on` and `of…`. Throws `EINVAL`. */
export const parseBool = (text: ByteString): boolean => {
  const value = parseKernelBoolean(fromByteString(text));
  if (value === 'EINVAL') throw new ScstError('EINVAL', `${JSON.stringify(text)} is neither on nor off`);
  return value;
};

/** The value of a parameter as its file shows it. Throws `EINVAL` or `ERANGE` for text its type does not take. */
export const parseParameter = (parameter: ModuleParameter, text: ByteString): string => {
  switch (parameter.type) {
    case 'bool':
      return parseBool(text) ? 'Y' : 'N';
    case 'int':
      return parseNumber(INT, text).toString();
    case 'charp':
      return text.endsWith('\n') ? text.slice(0, -1) : text;
  }
};
