import { dirname } from 'node:path';
import { build } from 'tsup';
import { programUnderTest } from '../../../../tsup.base.js';
import { PROGRAM } from './program-path.js';

export const setup = (): Promise<void> => build(programUnderTest(new URL('../../', import.meta.url), dirname(PROGRAM)));
