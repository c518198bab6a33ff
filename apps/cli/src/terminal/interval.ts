import { usageError } from '../errors.js';

/** Looking more often would cost more than it shows, and timers are 32 bits wide. */
const SHORTEST = 50;
const LONGEST = 86_400_000;

/** Milliseconds, from seconds as people write them. */
export const parseInterval = (text: string): number => {
  const milliseconds = Math.round(Number(text) * 1000);
  if (/^(\d+\.?\d*|\.\d+)$/u.test(text) && milliseconds >= SHORTEST && milliseconds <= LONGEST) return milliseconds;
  throw usageError(`“${text}” is no interval`, `One is a number of seconds from ${SHORTEST / 1000} to ${LONGEST / 1000}.`);
};
