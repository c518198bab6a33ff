/** The SCST whose behaviour the core shows. */
export const SCST_VERSION = '3.11.0-pre';
/** The date in the version of scst_local. */
export const SCST_LOCAL_DATE = '20110901';
