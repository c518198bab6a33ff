import { CommandTextError, SysfsError } from '@scst/sysfs';
import { TransportError } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { fromErrorBody, toErrorAnswer } from './error-json.js';
import { RemoteError } from './remote-error.js';

const travel = (error: unknown, known = {}): Error => fromErrorBody(JSON.parse(JSON.stringify(toErrorAnswer(error).body)) as unknown, known);

describe('errors', () => {
  it('are the same on the other side', () => {
    const input = Uint8Array.of(1, 2);
    const sysfs = new SysfsError({ operation: 'write', path: 'a/\uDCFF', errno: 'EBADSLT', at: 'open', input, reason: 'taken', hint: 'choose' });
    expect(travel(sysfs, { input })).toEqual(sysfs);
    expect(travel(sysfs, { input })).toBeInstanceOf(SysfsError);
    const bare = new SysfsError({ operation: 'read', path: '', errno: 'ENODEV' });
    expect(travel(bare)).toEqual(bare);
    const transport = travel(new TransportError('GONE', 'no more'));
    expect(transport).toBeInstanceOf(TransportError);
    expect(transport).toMatchObject({ code: 'GONE', message: 'no more' });
    expect(travel(new CommandTextError('bad', { text: 'a b', offset: 1, byte: 32 }))).toMatchObject({ code: 'ERR_COMMAND_TEXT', text: 'a b', offset: 1, byte: 32, message: 'bad' });
    expect(travel(new RemoteError('ERR_LIMIT', 'too much', { hint: 'less' }))).toMatchObject({ code: 'ERR_LIMIT', message: 'too much', hint: 'less' });
    expect(travel(new TypeError('a defect'))).toMatchObject({ code: 'ERR_SERVER', message: 'a defect' });
  });

  it('of another copy of @scst/scsi are known by their form', () => {
    const foreign = Object.assign(new Error('no more'), { name: 'TransportError', code: 'GONE' });
    expect(travel(foreign)).toBeInstanceOf(TransportError);
    expect(travel(Object.assign(foreign, { code: 'OTHER' }))).toMatchObject({ code: 'ERR_SERVER' });
  });

  it('have a status that fits', () => {
    const status = (errno: ConstructorParameters<typeof SysfsError>[0]['errno']): number => toErrorAnswer(new SysfsError({ operation: 'read', path: '', errno })).status;
    expect([status('ENOENT'), status('EACCES'), status('EINVAL'), status('EEXIST'), status('EUCLEAN')]).toEqual([404, 403, 422, 409, 500]);
  });

  it('are errors whatever was received', () => {
    for (const body of [undefined, null, 'text', {}, { error: 7 }, { error: { kind: 'transport', code: 'NONSENSE' } }, { error: { kind: 'sysfs', errno: 'ENONSENSE' } }]) {
      expect(fromErrorBody(body)).toBeInstanceOf(Error);
    }
  });
});
