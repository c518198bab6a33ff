/** The file `help` of the root. */
export const HELP = `scsi_tgt
  assign H:C:I:L HANDLER            gives a SCSI device to a handler
  add_group NAME [FLAT]             makes a group; FLAT: its LUNs are reported by flat space addressing
  del_group NAME
  rename_group OLD NEW

groups/GROUP/devices
  add DEVICE LUN [READ_ONLY]        DEVICE is H:C:I:L or the name of a virtual device
  replace DEVICE LUN [READ_ONLY]
  del DEVICE
  clear

groups/GROUP/names
  add NAME                          NAME may have * and ? in it, and ! before it
  del NAME
  move NAME NEW_GROUP
  clear

threads
  DEC|0xHEX|0OCT

trace_level, HANDLER/trace_level
  all|none|default
  value DEC|0xHEX|0OCT
  add|del TOKEN                     TOKEN is one of debug, function, line, pid, entryexit, buff, mem, sg,
                                    out_of_mem, special, scsi, mgmt, minor, mgmt_dbg, flow_control, pr;
                                    of the root's file also scsi_serializing, retry, recv_bot, send_bot,
                                    recv_top, send_top
  dump_prs DEVICE
`;

/** `vdisk/help`. */
export const VDISK_HELP = `open NAME PATH [BLOCK_SIZE] [FLAGS]   FLAGS are any of WRITE_THROUGH, NV_CACHE, READ_ONLY, O_DIRECT, NULLIO,
                                      BLOCKIO, REMOVABLE
close NAME
resync_size NAME
set_t10_dev_id NAME ID
`;

/** `vcdrom/help`. */
export const VCDROM_HELP = `open NAME [PATH]
change NAME [PATH]                    without PATH: takes the medium out
close NAME
`;
