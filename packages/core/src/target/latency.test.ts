import { describe, expect, it } from 'vitest';
import { LATENCY_SIZES, LatencyRecorder } from './latency.js';

describe('latency of a session', () => {
  it('has a size for each power of two from 512 bytes to 512 KiB', () => {
    expect(LATENCY_SIZES).toEqual([512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288]);
  });

  it('counts a transfer with the smallest size that holds it, or the largest there is', () => {
    const recorder = new LatencyRecorder();
    recorder.record('read', 0, 1);
    recorder.record('read', 513, 2);
    recorder.record('read', 1 << 24, 3);
    expect(recorder.lines('read', 512)).toHaveLength(2);
    expect(recorder.lines('read', 1024)).toHaveLength(2);
    expect(recorder.lines('read', 524288)).toHaveLength(2);
    expect(recorder.lines('write', 512)).toEqual([]);
  });

  it('shows count, least, most, average and deviation in microseconds', () => {
    const recorder = new LatencyRecorder();
    for (const time of [10, 20]) recorder.record('write', 4096, time);
    expect(recorder.lines('write', 4096)).toEqual(['EXEC 2 10.0 20.0 15.0 5.0 us', 'total 2 - - 15.0 5.0 us']);
  });

  it('is forgotten as a whole', () => {
    const recorder = new LatencyRecorder();
    recorder.record('none', 0, 1);
    recorder.reset();
    expect(recorder.lines('none', 512)).toEqual([]);
  });
});
