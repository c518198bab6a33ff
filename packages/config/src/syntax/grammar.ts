/** A kind of block: what may stand in it is told by {@link GRAMMAR}. */
export type BlockKind =
  | 'file'
  | 'HANDLER'
  | 'DEVICE'
  | 'TARGET_DRIVER'
  | 'TARGET'
  | 'GROUP'
  | 'LUN'
  | 'INITIATOR'
  | 'ALUA'
  | 'DEVICE_GROUP'
  | 'DEVICE_GROUP DEVICE'
  | 'TARGET_GROUP'
  | 'TARGET_GROUP TARGET'
  /** A block nobody knows: its content is read, but not judged a second time. */
  | 'unknown';

/** A section a block may hold. */
export interface SectionRule {
  /** What the words after the keyword are, for people. */
  readonly names: readonly string[];
  /** The kind of its block. */
  readonly opens: BlockKind;
}

type Rules = Readonly<Record<string, SectionRule>>;

const NONE: Rules = {};

/** The sections of each kind of block (scst.conf(5)). Every block may hold attributes too. */
export const GRAMMAR: Readonly<Record<BlockKind, Rules>> = {
  file: {
    HANDLER: { names: ['a device handler'], opens: 'HANDLER' },
    TARGET_DRIVER: { names: ['a target driver'], opens: 'TARGET_DRIVER' },
    DEVICE_GROUP: { names: ['a device group'], opens: 'DEVICE_GROUP' },
    ALUA: { names: [], opens: 'ALUA' },
  },
  HANDLER: { DEVICE: { names: ['a device name'], opens: 'DEVICE' } },
  DEVICE: NONE,
  TARGET_DRIVER: { TARGET: { names: ['a target name'], opens: 'TARGET' } },
  TARGET: {
    LUN: { names: ['a LUN', 'a device name'], opens: 'LUN' },
    GROUP: { names: ['a group name'], opens: 'GROUP' },
  },
  GROUP: {
    LUN: { names: ['a LUN', 'a device name'], opens: 'LUN' },
    INITIATOR: { names: ['an initiator name'], opens: 'INITIATOR' },
  },
  LUN: NONE,
  INITIATOR: NONE,
  ALUA: NONE,
  DEVICE_GROUP: {
    DEVICE: { names: ['a device name'], opens: 'DEVICE_GROUP DEVICE' },
    TARGET_GROUP: { names: ['a target group'], opens: 'TARGET_GROUP' },
  },
  'DEVICE_GROUP DEVICE': NONE,
  TARGET_GROUP: { TARGET: { names: ['a target name'], opens: 'TARGET_GROUP TARGET' } },
  'TARGET_GROUP TARGET': NONE,
  unknown: NONE,
};

const RULES: ReadonlyMap<BlockKind, ReadonlyMap<string, SectionRule>> = new Map(
  (Object.entries(GRAMMAR) as [BlockKind, Rules][]).map(([kind, rules]) => [kind, new Map(Object.entries(rules))]),
);

/** The rule of a keyword in a block, undefined when it is an attribute there. */
export const sectionRule = (kind: BlockKind, keyword: string): SectionRule | undefined => RULES.get(kind)?.get(keyword);

/** Every section keyword, with the kinds of block it may stand in. */
export const SECTION_PLACES: ReadonlyMap<string, readonly BlockKind[]> = (() => {
  const places = new Map<string, BlockKind[]>();
  for (const [kind, rules] of Object.entries(GRAMMAR) as [BlockKind, Rules][]) {
    for (const keyword of Object.keys(rules)) places.set(keyword, [...(places.get(keyword) ?? []), kind]);
  }
  return places;
})();
