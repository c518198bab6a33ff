import { testExamples } from '../../../vitest.examples.js';

testExamples(import.meta, ['./index.ts', '../README.md']);
