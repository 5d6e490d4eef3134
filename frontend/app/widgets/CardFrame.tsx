import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { ChannelState } from '../../core/index';
import type { Widget } from '../../core/types';
import { savedQuery } from '../api/saved';
import { useScene } from '../dashboard/context';
import { savedBy, widgetSubtitle } from '../dashboard/subtitle';
import styles from './CardFrame.module.css';
import { CardMarks } from './CardMarks';
import { DataDialog } from './DataDialog';
import type { WidgetState } from './state';
import { WidgetBody } from './WidgetBody';
import { WidgetBoundary } from './WidgetBoundary';
import { WidgetFault } from './WidgetFault';
import { WidgetMenu } from './WidgetMenu';

interface CardFrameProps {
  readonly widget: Widget;
  readonly state: WidgetState;
  readonly channels: readonly ChannelState[];
  readonly focused: boolean;
}

/** Head, marks, menu and body of a widget, whatever its state. */
export function CardFrame({ widget, state, channels, focused }: CardFrameProps) {
  const { window, formats, cut } = useScene();
  const [tableOpened, table] = useDisclosure(false);
  const titleId = useId();
  const { data: named = null } = useQuery(savedQuery(savedBy(widget)));
  const subtitle = widgetSubtitle(widget, window, formats, named);
  const stale = state.kind === 'ready' && (cut || state.fault !== null || state.frames.main?.mode === 'stale');
  const hasHead = Boolean(widget.title) || widget.kind !== 'text';
  return (
    <section
      className={styles.root}
      aria-labelledby={hasHead ? titleId : undefined}
      aria-busy={state.kind === 'loading'}
      data-kind={widget.kind}
      data-state={state.kind}
      data-stale={stale || undefined}
      data-focused={focused || undefined}
    >
      {hasHead ? (
        <header className={styles.head}>
          <div className={styles.titles}>
            <h2 id={titleId} className={styles.title} title={widget.title}>
              {widget.title}
            </h2>
            {subtitle ? (
              <p className={styles.subtitle} title={subtitle}>
                {subtitle}
              </p>
            ) : null}
          </div>
          <CardMarks state={state} stale={stale} />
          <WidgetMenu widget={widget} state={state} focused={focused} onTable={table.open} />
        </header>
      ) : null}
      <div className={styles.body} data-updating={(state.kind === 'ready' && state.updating) || undefined}>
        <WidgetBoundary fallback={(error, retry) => <WidgetFault error={error} retry={retry} />}>
          <WidgetBody widget={widget} state={state} channels={channels} onTable={table.open} />
        </WidgetBoundary>
      </div>
      {state.kind === 'ready' ? (
        <DataDialog widget={widget} frames={state.frames} opened={tableOpened} onClose={table.close} />
      ) : null}
    </section>
  );
}
