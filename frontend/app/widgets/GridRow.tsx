import { type CSSProperties, type KeyboardEvent, memo, useState } from 'react';
import type { TableCell, TableRow } from '../../charts/index';
import styles from './DataGrid.module.css';
import type { GridHead } from './grid';

interface CellProps {
  readonly cell: TableCell;
  readonly align: 'start' | 'end';
  readonly flash: boolean;
}

type CellStyle = CSSProperties & Record<`--${string}`, string | number>;

const styleOf = ({ bar, heat }: TableCell): CellStyle => ({
  ...(bar === null ? {} : { '--bar': bar }),
  ...(heat === null ? {} : { '--ground': heat.ground, '--ink': heat.text }),
});

function Cell({ cell, align, flash }: CellProps) {
  const [held, setHeld] = useState({ text: cell.text, flashes: 0 });
  if (held.text !== cell.text) setHeld({ text: cell.text, flashes: held.flashes + (flash ? 1 : 0) });
  const { bar, heat, text } = cell;
  return (
    <td
      data-align={align}
      data-bar={bar === null ? undefined : true}
      data-heat={heat === null ? undefined : true}
      style={styleOf(cell)}
    >
      {/* A new key starts the animation again. */}
      {held.flashes > 0 ? <span key={held.flashes} className={styles.flash} aria-hidden="true" /> : null}
      <span className={styles.text} title={text}>
        {text}
      </span>
    </td>
  );
}

interface GridRowProps {
  readonly row: TableRow;
  readonly heads: readonly GridHead[];
  readonly flash: boolean;
  /** Clicked, or Enter on it. */
  readonly onActivate?: ((key: TableRow['key']) => void) | undefined;
}

const sameHeads = (a: readonly GridHead[], b: readonly GridHead[]): boolean =>
  a.length === b.length && a.every((head, index) => head.name === b[index]?.name && head.align === b[index]?.align);

const sameCells = (a: TableRow, b: TableRow): boolean =>
  a.cells.length === b.cells.length &&
  a.cells.every((cell, index) => {
    const other = b.cells[index];
    return (
      other !== undefined &&
      cell.text === other.text &&
      cell.bar === other.bar &&
      cell.heat?.ground === other.heat?.ground &&
      cell.heat?.text === other.heat?.text
    );
  });

/** A row is drawn again only when one of its cells looks different. */
export const GridRow = memo(
  function GridRow({ row, heads, flash, onActivate }: GridRowProps) {
    const activate = onActivate && {
      tabIndex: 0,
      className: styles.active,
      onClick: () => onActivate(row.key),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') onActivate(row.key);
      },
    };
    return (
      <tr {...activate}>
        {heads.map((head, index) => {
          const cell = row.cells[index];
          return cell ? <Cell key={head.name} cell={cell} align={head.align} flash={flash} /> : null;
        })}
      </tr>
    );
  },
  (before, after) =>
    sameHeads(before.heads, after.heads) && sameCells(before.row, after.row) && before.onActivate === after.onActivate,
);
