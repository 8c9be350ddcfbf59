// A table on a wide screen, labelled lines on a phone: the same cells, nothing hidden.
import type { ReactNode } from 'react';

export interface Column<T> {
  head: string;
  cell: (row: T) => ReactNode;
}

interface Props<T> {
  label: string;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  empty: ReactNode;
}

export function Table<T>({ label, rows, columns, rowKey, empty }: Props<T>) {
  if (rows.length === 0) return <div className="card grid gap-2 p-4">{empty}</div>;
  return (
    <div className="card overflow-hidden">
      <table className="block w-full sm:table" aria-label={label}>
        <thead className="sr-only sm:not-sr-only sm:table-header-group">
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className="px-4 py-2">
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="block sm:table-row-group">
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              className="grid gap-1 border-t border-line px-4 py-3 first:border-t-0 sm:table-row sm:px-0"
            >
              {columns.map((column) => (
                <td
                  key={column.head}
                  data-label={column.head}
                  className="grid grid-cols-[96px_minmax(0,1fr)] items-baseline gap-2 align-baseline before:text-s before:text-ink-3 before:content-[attr(data-label)] sm:table-cell sm:px-4 sm:py-2.5 sm:before:content-none"
                >
                  <div className="min-w-0">{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
