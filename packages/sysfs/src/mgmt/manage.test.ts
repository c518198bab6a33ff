import { describe, expect, it } from 'vitest';
import { readAttribute, writeAttribute } from '../attribute/attribute.js';
import { AttributeRefusal, MemoryTree } from '../compliance/index.js';
import { decodeName, toByteString } from '../names.js';
import { subtree } from '../subtree.js';
import { manage, type WaitingForCommand } from './manage.js';
import { CommandTextError } from './text-error.js';

/** A tree whose work queue is under the test's control: commands are answered with EAGAIN and finished by `finish`. */
const slowTree = (): { tree: MemoryTree; sent: string[]; finish: (result: number) => void } => {
  const sent: string[] = [];
  let unfinished = 0;
  let result = 0;
  const store = (data: Uint8Array): void => {
    sent.push(decodeName(data));
    unfinished += 1;
    throw new AttributeRefusal('EAGAIN');
  };
  const tree = new MemoryTree()
    .file('targets/scst_local/mgmt', { show: () => '', store })
    .file('threads', { show: () => '1\n', store })
    .file('device_groups/mgmt', { show: () => '', store: (data) => { sent.push(decodeName(data)); } })
    .file('setup_id', { show: () => '0x0\n', store: (data) => { sent.push(decodeName(data)); } })
    .file('last_sysfs_mgmt_res', {
      show: () => {
        if (unfinished > 0) throw new AttributeRefusal('EAGAIN');
        return `${result}\n`;
      },
    });
  const finish = (value: number): void => {
    unfinished -= 1;
    result = value;
  };
  return { tree, sent, finish };
};

const MGMT = 'targets/scst_local/mgmt';

describe('manage', () => {
  it('ends with the write where SCST answers at once', async () => {
    const written: string[] = [];
    const tree = new MemoryTree().file('handlers/vdisk_nullio/mgmt', { store: (data) => { written.push(decodeName(data)); } });
    await manage(tree, 'handlers/vdisk_nullio/mgmt', 'add_device n1');
    expect(written).toEqual(['add_device n1']);
  });

  it('waits through EAGAIN for success and tells that it waits', async () => {
    const { tree, sent, finish } = slowTree();
    const waits: WaitingForCommand[] = [];
    const onWaiting = (waiting: WaitingForCommand): void => {
      waits.push(waiting);
      if (waits.length === 3) finish(0);
    };
    await manage(tree, MGMT, 'add_target a', { onWaiting });
    expect(sent).toEqual(['add_target a']);
    expect(waits.map((waiting) => waiting.path)).toEqual([MGMT, MGMT, MGMT]);
    expect(waits[2]?.elapsed).toBeGreaterThan(waits[1]?.elapsed ?? 0);
  });

  it('turns the late result into the error it stands for, explained', async () => {
    const { tree, finish } = slowTree();
    await expect(manage(tree, MGMT, 'add_target a', { onWaiting: () => { finish(-14); } })).rejects.toMatchObject({
      code: 'EFAULT',
      errno: 14,
      path: MGMT,
      reason: 'the target driver has a target or a file of that name already',
    });
  });

  it('sends the next command only when the outcome of the one before is known', async () => {
    const { tree, sent, finish } = slowTree();
    const first = manage(tree, MGMT, 'first');
    const second = manage(subtree(tree, 'targets'), 'scst_local/mgmt', 'second');
    const third = writeAttribute(tree, 'threads', 3);
    await expect.poll(() => sent).toEqual(['first']);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(sent).toEqual(['first']);
    finish(-22);
    await expect(first).rejects.toMatchObject({ code: 'EINVAL' });
    await expect.poll(() => sent).toEqual(['first', 'second']);
    finish(0);
    await second;
    await expect.poll(() => sent).toEqual(['first', 'second', '3']);
    finish(-12);
    await expect(third).rejects.toMatchObject({ code: 'ENOMEM', path: 'threads' });
  });

  it('lets what SCST carries out in place pass', async () => {
    const { tree, sent, finish } = slowTree();
    const slow = manage(tree, MGMT, 'slow');
    await expect.poll(() => sent).toEqual(['slow']);
    await manage(tree, 'device_groups/mgmt', 'create g');
    await writeAttribute(tree, 'setup_id', 5);
    expect(sent).toEqual(['slow', 'create g', '5']);
    finish(0);
    await slow;
  });

  it('ends the waiting when aborted, and its turn with it', async () => {
    const { tree, sent, finish } = slowTree();
    const controller = new AbortController();
    const first = manage(tree, MGMT, 'first', { signal: controller.signal });
    await expect.poll(() => sent).toEqual(['first']);
    const waiting = new AbortController();
    const second = manage(tree, MGMT, 'second', { signal: waiting.signal });
    waiting.abort();
    await expect(second).rejects.toMatchObject({ code: 'EINTR' });
    const third = manage(tree, MGMT, 'third');
    controller.abort(new Error('no more'));
    await expect(first).rejects.toMatchObject({ code: 'EINTR', cause: new Error('no more') });
    await expect.poll(() => sent).toEqual(['first', 'third']);
    finish(0);
    finish(0);
    await third;
  });

  it('ends with EAGAIN after the timeout, saying whether the command was sent', async () => {
    const { tree, sent } = slowTree();
    const [first, second] = await Promise.allSettled([
      manage(tree, MGMT, 'first', { timeout: 1000 }),
      manage(tree, MGMT, 'second', { timeout: 20 }),
    ]);
    expect(second).toMatchObject({ reason: { code: 'EAGAIN', reason: expect.stringContaining('it was not sent') as string } });
    expect(first).toMatchObject({ reason: { code: 'EAGAIN', reason: expect.stringContaining('has not finished') as string } });
    expect(sent).toEqual(['first']);
  });

  it('does not send what would be two writes', async () => {
    const { tree, sent } = slowTree();
    await expect(manage(tree, MGMT, 'x'.repeat(4097))).rejects.toBeInstanceOf(CommandTextError);
    expect(sent).toEqual([]);
  });
});

describe('readAttribute and writeAttribute', () => {
  it('send values as text, and an empty one as a newline', async () => {
    const written: string[] = [];
    const tree = new MemoryTree().file('a', { show: () => 'v\n[key]\n', store: (data) => { written.push(toByteString(data)); } });
    for (const value of ['text', 7, 2n ** 63n, true, false, '', Uint8Array.of(1, 0xff)]) await writeAttribute(tree, 'a', value);
    expect(written).toEqual(['text', '7', '9223372036854775808', '1', '0', '\n', '\x01\xff']);
    expect(await readAttribute(tree, 'a')).toEqual({ value: 'v', key: true, truncated: false });
    await expect(writeAttribute(tree, 'a', 'x'.repeat(4097))).rejects.toBeInstanceOf(CommandTextError);
  });
});
