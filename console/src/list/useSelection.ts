import { useCallback, useMemo, useState } from 'react';

/** As many as one bulk mutation takes. */
export const selectionLimit = 1000;

export interface Selection<Row> {
  rows: readonly Row[];
  has: (row: Row) => boolean;
  set: (rows: readonly Row[], chosen: boolean) => void;
  clear: () => void;
}

/** The rows that the person has chosen, over all pages. */
export function useSelection<Row>(rowKey: (row: Row) => string): Selection<Row> {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map());
  const set = useCallback(
    (rows: readonly Row[], choose: boolean) => {
      setChosen((present) => {
        const next = new Map(present);
        for (const row of rows) {
          if (!choose) next.delete(rowKey(row));
          else if (next.size < selectionLimit) next.set(rowKey(row), row);
        }
        return next;
      });
    },
    [rowKey],
  );
  const clear = useCallback(() => setChosen(new Map()), []);
  return useMemo(() => ({ rows: [...chosen.values()], has: (row) => chosen.has(rowKey(row)), set, clear }), [chosen, rowKey, set, clear]);
}
