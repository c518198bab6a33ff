import { describe, expect, it } from 'vitest';
import { TestCore } from '../testing.js';

const MGMT = 'targets/scst_local/mgmt';
const SESSIONS = 'targets/scst_local/t/sessions';

describe('names of sessions (SPEC sysfs 7)', () => {
  it('are made unique by the initiator name, and refused where they show alike', async () => {
    await using core = await TestCore.start();
    expect(await core.write(MGMT, 'add_target t session_name=a/b')).toBe('ok');
    expect(await core.write(MGMT, 'add_session t a/b')).toBe('ok');
    expect(await core.write(MGMT, 'add_session t a!b')).toBe('EFAULT');
    expect(await core.names(SESSIONS)).toEqual(['a!b', 'a!b_1']);
    expect(await core.write(MGMT, 'add_session scst_local_tgt a!b')).toBe('EEXIST');
  });
});
