import { describe, expect, it } from 'vitest';
import { Background } from './background.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what goes on in the background', () => {
  it('is waited for, with what it starts', async () => {
    const background = new Background();
    const ended: string[] = [];
    background.run(async () => {
      await turn();
      background.run(async () => {
        await turn();
        ended.push('inner');
      });
      ended.push('outer');
    });
    await background.idle();
    expect(ended).toEqual(['outer', 'inner']);
  });

  it('is not waited for while it is paused', async () => {
    const background = new Background();
    const activity = background.begin();
    activity.pause();
    await background.idle();
    activity.resume();
    let idle = false;
    const waiting = background.idle().then(() => {
      idle = true;
    });
    await turn();
    expect(idle).toBe(false);
    activity.end();
    await waiting;
    activity.resume();
    await background.idle();
    expect(idle).toBe(true);
  });
});
