import type { ComponentChildren } from 'preact'
import { classes } from './classes'

export interface Column<R> {
  key: string
  label: string
  /** Numbers stand at the end of their column. */
  align?: 'start' | 'end' | undefined
  /** The first such column names its row. */
  names?: boolean | undefined
  cell: (row: R) => ComponentChildren
}

export interface TableProps<R> {
  caption: string
  captionHidden?: boolean | undefined
  columns: readonly Column<R>[]
  rows: readonly R[]
  rowKey: (row: R) => string
}

/** A table; on phones each row becomes a card with the column's name before each value. */
export function Table<R>({ caption, captionHidden, columns, rows, rowKey }: TableProps<R>) {
  // The roles are said although they are the elements' own: a table that is drawn as cards loses them otherwise.
  return (
    <table class="kw-table" role="table">
      <caption class={classes(captionHidden && 'kw-hidden')}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" class={classes(column.align === 'end' && 'is-end')}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) => {
              const shared = { key: column.key, class: classes(column.align === 'end' && 'is-end'), 'data-label': column.label }
              return column.names
                ? <th {...shared} role="rowheader" scope="row">{column.cell(row)}</th>
                : <td {...shared} role="cell">{column.cell(row)}</td>
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
