import { bits, flag, word } from '../../field.js';
import type { StructValues } from '../struct.js';
import { defineModePage } from './mode-page.js';

/** Read-Write Error Recovery mode page (01h), SBC-4 6.5.10. */
export const READ_WRITE_ERROR_RECOVERY_PAGE = defineModePage({
  pageCode: 0x01,
  name: 'Read-Write Error Recovery',
  length: 12,
  fields: {
    awre: flag('AWRE', 2, 7),
    arre: flag('ARRE', 2, 6),
    tb: flag('TB', 2, 5),
    rc: flag('RC', 2, 4),
    eer: flag('EER', 2, 3),
    per: flag('PER', 2, 2),
    dte: flag('DTE', 2, 1),
    dcr: flag('DCR', 2, 0),
    readRetryCount: word('READ RETRY COUNT', 3, 1),
    lbpere: flag('LBPERE', 7, 7),
    misalignedWriteReporting: bits('MWR', 7, 6, 2),
    writeRetryCount: word('WRITE RETRY COUNT', 8, 1),
    /** Milliseconds; FFFFh = no limit. */
    recoveryTimeLimit: word('RECOVERY TIME LIMIT', 10, 2),
  },
});

/** Disconnect-Reconnect mode page (02h), SPC-5 7.5.10. */
export const DISCONNECT_RECONNECT_PAGE = defineModePage({
  pageCode: 0x02,
  name: 'Disconnect-Reconnect',
  length: 16,
  fields: {
    bufferFullRatio: word('BUFFER FULL RATIO', 2, 1),
    bufferEmptyRatio: word('BUFFER EMPTY RATIO', 3, 1),
    busInactivityLimit: word('BUS INACTIVITY LIMIT', 4, 2),
    disconnectTimeLimit: word('DISCONNECT TIME LIMIT', 6, 2),
    connectTimeLimit: word('CONNECT TIME LIMIT', 8, 2),
    /** Units of 512 bytes; 0 = no limit. */
    maximumBurstSize: word('MAXIMUM BURST SIZE', 10, 2),
    emdp: flag('EMDP', 12, 7),
    fairArbitration: bits('FAIR ARBITRATION', 12, 6, 3),
    dimm: flag('DIMM', 12, 3),
    dtdc: bits('DTDC', 12, 2, 3),
    firstBurstSize: word('FIRST BURST SIZE', 14, 2),
  },
});

/** Format Device mode page (03h), SBC 7.1.3.3; obsolete since SBC-2, and still asked for. */
export const FORMAT_DEVICE_PAGE = defineModePage({
  pageCode: 0x03,
  name: 'Format Device',
  length: 24,
  fields: {
    tracksPerZone: word('TRACKS PER ZONE', 2, 2),
    alternateSectorsPerZone: word('ALTERNATE SECTORS PER ZONE', 4, 2),
    alternateTracksPerZone: word('ALTERNATE TRACKS PER ZONE', 6, 2),
    alternateTracksPerLogicalUnit: word('ALTERNATE TRACKS PER LOGICAL UNIT', 8, 2),
    sectorsPerTrack: word('SECTORS PER TRACK', 10, 2),
    dataBytesPerPhysicalSector: word('DATA BYTES PER PHYSICAL SECTOR', 12, 2),
    interleave: word('INTERLEAVE', 14, 2),
    trackSkewFactor: word('TRACK SKEW FACTOR', 16, 2),
    cylinderSkewFactor: word('CYLINDER SKEW FACTOR', 18, 2),
    /** SSEC: soft sectors. */
    softSectors: flag('SSEC', 20, 7),
    hardSectors: flag('HSEC', 20, 6),
    removable: flag('RMB', 20, 5),
    surface: flag('SURF', 20, 4),
  },
});

/** Rigid Disk Geometry mode page (04h), SBC 7.1.3.7; obsolete since SBC-2, and still asked for. */
export const RIGID_DISK_GEOMETRY_PAGE = defineModePage({
  pageCode: 0x04,
  name: 'Rigid Disk Geometry',
  length: 24,
  fields: {
    numberOfCylinders: word('NUMBER OF CYLINDERS', 2, 3),
    numberOfHeads: word('NUMBER OF HEADS', 5, 1),
    startingCylinderWritePrecompensation: word('STARTING CYLINDER-WRITE PRECOMPENSATION', 6, 3),
    startingCylinderReducedWriteCurrent: word('STARTING CYLINDER-REDUCED WRITE CURRENT', 9, 3),
    deviceStepRate: word('DEVICE STEP RATE', 12, 2),
    landingZoneCylinder: word('LANDING ZONE CYLINDER', 14, 3),
    rotationalPositionLocking: bits('RPL', 17, 1, 2),
    rotationalOffset: word('ROTATIONAL OFFSET', 18, 1),
    /** Turns per minute. */
    mediumRotationRate: word('MEDIUM ROTATION RATE', 20, 2),
  },
});

/** Caching mode page (08h), SBC-4 6.5.6. */
export const CACHING_PAGE = defineModePage({
  pageCode: 0x08,
  name: 'Caching',
  length: 20,
  fields: {
    ic: flag('IC', 2, 7),
    abpf: flag('ABPF', 2, 6),
    cap: flag('CAP', 2, 5),
    disc: flag('DISC', 2, 4),
    size: flag('SIZE', 2, 3),
    /** WCE: a write may be completed before it has reached the medium. */
    writebackCacheEnable: flag('WCE', 2, 2),
    mf: flag('MF', 2, 1),
    readCacheDisable: flag('RCD', 2, 0),
    demandReadRetentionPriority: bits('DEMAND READ RETENTION PRIORITY', 3, 7, 4),
    writeRetentionPriority: bits('WRITE RETENTION PRIORITY', 3, 3, 4),
    disablePrefetchTransferLength: word('DISABLE PRE-FETCH TRANSFER LENGTH', 4, 2),
    minimumPrefetch: word('MINIMUM PRE-FETCH', 6, 2),
    maximumPrefetch: word('MAXIMUM PRE-FETCH', 8, 2),
    maximumPrefetchCeiling: word('MAXIMUM PRE-FETCH CEILING', 10, 2),
    fsw: flag('FSW', 12, 7),
    lbcss: flag('LBCSS', 12, 6),
    disableReadAhead: flag('DRA', 12, 5),
    syncProg: bits('SYNC_PROG', 12, 2, 2),
    nvDis: flag('NV_DIS', 12, 0),
    numberOfCacheSegments: word('NUMBER OF CACHE SEGMENTS', 13, 1),
    cacheSegmentSize: word('CACHE SEGMENT SIZE', 14, 2),
  },
});

/** Control mode page (0Ah), SPC-5 7.5.10. */
export const CONTROL_PAGE = defineModePage({
  pageCode: 0x0a,
  name: 'Control',
  length: 12,
  fields: {
    /** TST: 0 = one task set for all I_T nexuses, 1 = one for each. */
    taskSetType: bits('TST', 2, 7, 3),
    tmfOnly: flag('TMF_ONLY', 2, 4),
    dpicz: flag('DPICZ', 2, 3),
    /** D_SENSE: sense data in descriptor format. */
    descriptorSense: flag('D_SENSE', 2, 2),
    gltsd: flag('GLTSD', 2, 1),
    rlec: flag('RLEC', 2, 0),
    /** 0 = restricted reordering, 1 = unrestricted reordering. */
    queueAlgorithmModifier: bits('QUEUE ALGORITHM MODIFIER', 3, 7, 4),
    nuar: flag('NUAR', 3, 3),
    /** QERR: what becomes of the other commands when one ends with CHECK CONDITION. */
    queueErrorManagement: bits('QERR', 3, 2, 2),
    rac: flag('RAC', 4, 6),
    unitAttentionInterlockControl: bits('UA_INTLCK_CTRL', 4, 5, 2),
    /** SWP */
    softwareWriteProtect: flag('SWP', 4, 3),
    ato: flag('ATO', 5, 7),
    /** TAS: aborted commands of other nexuses end with TASK ABORTED. */
    taskAbortedStatus: flag('TAS', 5, 6),
    atmpe: flag('ATMPE', 5, 5),
    rwwp: flag('RWWP', 5, 4),
    autoloadMode: bits('AUTOLOAD MODE', 5, 2, 3),
    /** Units of 100 ms. */
    busyTimeoutPeriod: word('BUSY TIMEOUT PERIOD', 8, 2),
    /** Seconds. */
    extendedSelfTestCompletionTime: word('EXTENDED SELF-TEST COMPLETION TIME', 10, 2),
  },
});

/** Informational Exceptions Control mode page (1Ch), SPC-5 7.5.14. */
export const INFORMATIONAL_EXCEPTIONS_CONTROL_PAGE = defineModePage({
  pageCode: 0x1c,
  name: 'Informational Exceptions Control',
  length: 12,
  fields: {
    perf: flag('PERF', 2, 7),
    ebf: flag('EBF', 2, 5),
    enableWarning: flag('EWASC', 2, 4),
    /** DEXCPT: failure predictions are not reported. */
    disableExceptionControl: flag('DEXCPT', 2, 3),
    test: flag('TEST', 2, 2),
    ebackerr: flag('EBACKERR', 2, 1),
    logErrors: flag('LOGERR', 2, 0),
    methodOfReporting: bits('MRIE', 3, 3, 4),
    /** Units of 100 ms. */
    intervalTimer: word('INTERVAL TIMER', 4, 4),
    reportCount: word('REPORT COUNT', 8, 4),
  },
});

export type CachingPage = StructValues<(typeof CACHING_PAGE)['fields']>;
export type ControlPage = StructValues<(typeof CONTROL_PAGE)['fields']>;

/** Every mode page this package takes apart. */
export const MODE_PAGES = {
  readWriteErrorRecovery: READ_WRITE_ERROR_RECOVERY_PAGE,
  disconnectReconnect: DISCONNECT_RECONNECT_PAGE,
  formatDevice: FORMAT_DEVICE_PAGE,
  rigidDiskGeometry: RIGID_DISK_GEOMETRY_PAGE,
  caching: CACHING_PAGE,
  control: CONTROL_PAGE,
  informationalExceptionsControl: INFORMATIONAL_EXCEPTIONS_CONTROL_PAGE,
} as const;

/** Page code and subpage code that stand for all pages, and for all subpages, in MODE SENSE. */
export const ALL_MODE_PAGES = 0x3f;
export const ALL_MODE_SUBPAGES = 0xff;
