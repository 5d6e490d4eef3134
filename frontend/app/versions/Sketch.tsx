import { useQuery } from '@tanstack/react-query';
import { versionQuery } from '../api/versions';
import { placesAt, readingOrder } from '../dashboard/layout';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
import styles from './Versions.module.css';

/** A version as it is laid out, with the names of its widgets in place of their numbers. */
export function Sketch({ id, version }: { readonly id: string; readonly version: number }) {
  const found = useQuery(versionQuery(id, version));
  if (found.isPending) return <TablePlaceholder rows={3} />;
  if (found.isError) return <Problem error={found.error} />;
  const widgets = readingOrder(found.data.widgets ?? []);
  const places = placesAt(widgets, 'lg');
  return (
    <ul className={styles.sketch} aria-label={`Widgets of version ${version}`}>
      {widgets.map(({ id: widget, title, kind }) => {
        const place = places.get(widget);
        const style = place && {
          gridColumn: `${place.x + 1} / span ${place.w}`,
          gridRow: `${place.y + 1} / span ${place.h}`,
        };
        return (
          <li key={widget} style={style}>
            {title || kind}
          </li>
        );
      })}
    </ul>
  );
}
