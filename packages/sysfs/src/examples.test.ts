import { testExamples } from '../../../vitest.examples.js';

testExamples(import.meta, ['./index.ts', './compliance/index.ts', '../README.md']);
