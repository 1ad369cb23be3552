import type { WireObject } from "./_mock_message.ts";

/** Changes in groups of about so many characters, none of them empty. */
export function groupsOf(
  changes: readonly WireObject[],
  characters: number,
): readonly (readonly WireObject[])[] {
  const groups: WireObject[][] = [];
  let group: WireObject[] = [];
  let size = 0;
  for (const change of changes) {
    const length = JSON.stringify(change).length;
    if (group.length > 0 && size + length > characters) {
      groups.push(group);
      group = [];
      size = 0;
    }
    group.push(change);
    size += length;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
