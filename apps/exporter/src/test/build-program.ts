import { copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { programUnderTest } from '../../../../tsup.base.js';
import { PROGRAM } from './program-path.js';

const app = new URL('../../', import.meta.url);
const file = (path: string): string => fileURLToPath(new URL(path, app));

export const setup = async (): Promise<void> => {
  await build(programUnderTest(app, file('.test-build/dist')));
  await mkdir(dirname(PROGRAM), { recursive: true });
  await copyFile(file('bin/scst-exporter.cjs'), PROGRAM);
};
