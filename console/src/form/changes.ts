/** The values of a form, as its fields have them. */
export type Values = Record<string, string | boolean | readonly string[]>;

const same = (a: Values[string] | undefined, b: Values[string] | undefined) => JSON.stringify(a) === JSON.stringify(b);

/** The fields in which two states of one thing differ. */
export function changedFields<V extends Values>(before: V, after: V): (keyof V)[] {
  return Object.keys(before).filter((field) => !same(before[field], after[field]));
}

/** What the person has changed, over what somebody else has made of the thing in the meantime. */
export function rebase<V extends Values>(before: V, theirs: V, yours: V): V {
  const changes = Object.fromEntries(changedFields(before, yours).map((field) => [field, yours[field]]));
  return { ...theirs, ...changes };
}

/** The lines of a field that takes a list. */
export const linesOf = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean);
