import { type Rows } from './rows.js';

/** Parallel SCSI, standard codes 85 to 94. */
export const parallelScsi: Rows = [
  [0x0aa0, 'SPI (no version claimed)'],
  [0x0ab9, 'SPI T10/0855-D revision 15a'],
  [0x0aba, 'SPI INCITS 253-1995'],
  [0x0abb, 'SPI T10/0855-D revision 15a with SPI Amnd revision 3a'],
  [0x0abc, 'SPI INCITS 253-1995 with SPI Amnd INCITS 253/AM1-1998'],
  [0x0ac0, 'Fast-20 (no version claimed)'],
  [0x0adb, 'Fast-20 T10/1071 revision 06'],
  [0x0adc, 'Fast-20 INCITS 277-1996'],
  [0x0ae0, 'SPI-2 (no version claimed)'],
  [0x0afb, 'SPI-2 T10/1142-D revision 20b'],
  [0x0afc, 'SPI-2 INCITS 302-1999'],
  [0x0b00, 'SPI-3 (no version claimed)'],
  [0x0b18, 'SPI-3 T10/1302-D revision 10'],
  [0x0b19, 'SPI-3 T10/1302-D revision 13a'],
  [0x0b1a, 'SPI-3 T10/1302-D revision 14'],
  [0x0b1c, 'SPI-3 INCITS 336-2000'],
  [0x0b20, 'EPI (no version claimed)'],
  [0x0b3b, 'EPI T10/1134 revision 16'],
  [0x0b3c, 'EPI INCITS TR-23 1999'],
  [0x0b40, 'SPI-4 (no version claimed)'],
  [0x0b54, 'SPI-4 T10/1365-D revision 7'],
  [0x0b55, 'SPI-4 T10/1365-D revision 9'],
  [0x0b56, 'SPI-4 INCITS 362-2002'],
  [0x0b59, 'SPI-4 T10/1365-D revision 10'],
  [0x0b60, 'SPI-5 (no version claimed)'],
  [0x0b79, 'SPI-5 T10/1525-D revision 3'],
  [0x0b7a, 'SPI-5 T10/1525-D revision 5'],
  [0x0b7b, 'SPI-5 T10/1525-D revision 6'],
  [0x0b7c, 'SPI-5 INCITS 367-2003'],
];

/** Serial Attached SCSI, standard codes 95 to 104. */
export const serialAttachedScsi: Rows = [
  [0x0be0, 'SAS (no version claimed)'],
  [0x0be1, 'SAS T10/1562-D revision 01'],
  [0x0bf5, 'SAS T10/1562-D revision 03'],
  [0x0bfa, 'SAS T10/1562-D revision 04'],
  [0x0bfb, 'SAS T10/1562-D revision 04'],
  [0x0bfc, 'SAS T10/1562-D revision 05'],
  [0x0bfd, 'SAS INCITS 376-2003'],
  [0x0c00, 'SAS-1.1 (no version claimed)'],
  [0x0c07, 'SAS-1.1 T10/1601-D revision 9'],
  [0x0c0f, 'SAS-1.1 T10/1601-D revision 10'],
  [0x0c11, 'SAS-1.1 INCITS 417-2006'],
  [0x0c12, 'SAS-1.1 ISO/IEC 14776-151'],
  [0x0c20, 'SAS-2 (no version claimed)'],
  [0x0c23, 'SAS-2 T10/1760-D revision 14'],
  [0x0c27, 'SAS-2 T10/1760-D revision 15'],
  [0x0c28, 'SAS-2 T10/1760-D revision 16'],
  [0x0c2a, 'SAS-2 INCITS 457-2010'],
  [0x0c40, 'SAS-2.1 (no version claimed)'],
  [0x0c48, 'SAS-2.1 T10/2125-D revision 04'],
  [0x0c4a, 'SAS-2.1 T10/2125-D revision 06'],
  [0x0c4b, 'SAS-2.1 T10/2125-D revision 07'],
  [0x0c4e, 'SAS-2.1 INCITS 478-2011'],
  [0x0c4f, 'SAS-2.1 INCITS 478-2011 w/ Amnd 1 INCITS 478/AM1-2014'],
  [0x0c52, 'SAS-2.1 ISO/IEC 14776-153'],
  [0x0c60, 'SAS-3 (no version claimed)'],
  [0x0c63, 'SAS-3 T10/BSR INCITS 519 revision 05a'],
  [0x0c65, 'SAS-3 T10/BSR INCITS 519 revision 06'],
  [0x0c68, 'SAS-3 INCITS 519-2014'],
  [0x0c80, 'SAS-4 (no version claimed)'],
  [0x0c82, 'SAS-4 T10/BSR INCITS 534 revision 08a'],
  [0x0c84, 'SAS-4 T10/BSR INCITS 534 revision 9'],
  [0x0c92, 'SAS-4 INCITS 534-2019'],
  [0x0ca0, 'SAS-4.1 (no version claimed)'],
  [0x0caf, 'SAS-4.1 BSR INCITS 567 revision 3'],
  [0x0cb0, 'SAS-4.1 BSR INCITS 567 revision 4'],
];

/** SSA, standard codes 155 to 164. */
export const ssa: Rows = [
  [0x1360, 'SSA-PH2 (no version claimed)'],
  [0x137b, 'SSA-PH2 T10.1/1145-D revision 09c'],
  [0x137c, 'SSA-PH2 INCITS 293-1996'],
  [0x1380, 'SSA-PH3 (no version claimed)'],
  [0x139b, 'SSA-PH3 T10.1/1146-D revision 05b'],
  [0x139c, 'SSA-PH3 INCITS 307-1998'],
];

/** IEEE 1394, standard codes 165 to 174. */
export const ieee1394: Rows = [
  [0x14a0, 'IEEE 1394 (no version claimed)'],
  [0x14bd, 'IEEE 1394-1995'],
  [0x14c0, 'IEEE 1394a (no version claimed)'],
  [0x14e0, 'IEEE 1394b (no version claimed)'],
];

/** ATA up to ATA/ATAPI-7, which hold the interface and the commands, standard codes 175 to 200. */
export const ata: Rows = [
  [0x15e0, 'ATA/ATAPI-6 (no version claimed)'],
  [0x15fd, 'ATA/ATAPI-6 INCITS 361-2002'],
  [0x1600, 'ATA/ATAPI-7 (no version claimed)'],
  [0x1602, 'ATA/ATAPI-7 T13/1532-D revision 3'],
  [0x161c, 'ATA/ATAPI-7 INCITS 397-2005'],
  [0x161e, 'ATA/ATAPI-7 ISO/IEC 24739'],
];

/** The interfaces among ATAPI and USB, standard codes 175 to 200. */
export const ataPhysical: Rows = [
  [0x1621, 'ATA/ATAPI-8 ATA8-APT Parallel Transport (no version claimed)'],
  [0x1622, 'ATA/ATAPI-8 ATA8-AST Serial Transport (no version claimed)'],
  [0x1728, 'Universal Serial Bus Specification, Revision 1.1'],
  [0x1729, 'Universal Serial Bus Specification, Revision 2.0'],
  [0x172a, 'Universal Serial Bus 3.2 Specification, Revision 1.0'],
  [0x172b, 'Universal Serial Bus 4 Specification, Revision 1.0'],
  [0x172c, 'Universal Serial Bus 4 Specification, Revision 2.0'],
];

/** Architecture and command sets among ATAPI and USB, standard codes 175 to 200. */
export const ataOther: Rows = [
  [0x1620, 'ATA/ATAPI-8 ATA8-AAM (no version claimed)'],
  [0x1623, 'ATA/ATAPI-8 ATA8-ACS ATA/ATAPI Command Set (no version claimed)'],
  [0x1628, 'ATA/ATAPI-8 ATA8-AAM INCITS 451-2008'],
  [0x162a, 'ATA/ATAPI-8 ATA8-ACS INCITS 452-2009 w/ Amendment 1'],
  [0x1761, 'ACS-2 (no version claimed)'],
  [0x1762, 'ACS-2 INCITS 482-2013'],
  [0x1765, 'ACS-3 INCITS 522-2014'],
  [0x1767, 'ACS-4 INCITS 529-2018'],
  [0x17a4, 'ZAC INCITS 537-2016'],
  [0x17a5, 'ZAC-2 INCITS 549-2022'],
];
