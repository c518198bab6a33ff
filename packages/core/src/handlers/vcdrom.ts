import { type VdiskKind } from './vdisk-handler.js';

/** vcdrom: a CD-ROM drive whose medium is a file that comes and goes. */
export const VCDROM: VdiskKind = {
  kind: 'cdrom',
  name: 'vcdrom',
  type: 0x05,
  listed: ['tst'],
  onlyListed: true,
  needsFilename: false,
  threaded: true,
};
