/** A node of what {@link formatBranches} draws. */
export interface Branch {
  readonly text: string;
  readonly children?: readonly Branch[];
}

/** Nodes as a tree of lines, as `tree` and `lsblk` draw them. */
export const formatBranches = (roots: readonly Branch[]): string[] => roots.flatMap((root) => [root.text, ...below(root.children ?? [], '')]);

const below = (children: readonly Branch[], indent: string): string[] =>
  children.flatMap((child, index) => {
    const last = index === children.length - 1;
    return [`${indent}${last ? '└─ ' : '├─ '}${child.text}`, ...below(child.children ?? [], `${indent}${last ? '   ' : '│  '}`)];
  });
