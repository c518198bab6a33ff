/**
 * How SCST is administered: by its sysfs tree, or as before 2010 by its procfs tree (SPEC sysfs 17), where groups are those of all
 * targets and scst_local makes its hosts when it is loaded.
 */
export type Administration = 'sysfs' | 'procfs';
