import { type CSSProperties, useMemo } from 'react';
import type { Widget } from '../../core/types';
import { WidgetCard } from '../widgets/WidgetCard';
import styles from './Grid.module.css';
import { type Places, placesAt, readingOrder } from './layout';

type CellStyle = CSSProperties & Record<`--${string}`, number>;

const cellStyle = (id: string, large: Places, medium: Places, small: Places): CellStyle => {
  const style: CellStyle = {};
  for (const [name, places] of [
    ['lg', large],
    ['md', medium],
    ['sm', small],
  ] as const) {
    const place = places.get(id);
    if (place === undefined) continue;
    style[`--${name}-x`] = place.x + 1;
    style[`--${name}-y`] = place.y + 1;
    style[`--${name}-w`] = place.w;
    style[`--${name}-h`] = place.h;
  }
  return style;
};

/** All widgets in reading order; the style sheet picks the places of the breakpoint, so nothing is measured. */
export function Grid({ widgets }: { readonly widgets: readonly Widget[] }) {
  const cells = useMemo(() => {
    const large = placesAt(widgets, 'lg');
    const medium = placesAt(widgets, 'md');
    const small = placesAt(widgets, 'sm');
    return readingOrder(widgets).map((widget) => ({ widget, style: cellStyle(widget.id, large, medium, small) }));
  }, [widgets]);
  return (
    <div className={styles.root}>
      {cells.map(({ widget, style }) => (
        <div key={widget.id} className={styles.cell} style={style} data-kind={widget.kind}>
          <WidgetCard widget={widget} />
        </div>
      ))}
    </div>
  );
}
