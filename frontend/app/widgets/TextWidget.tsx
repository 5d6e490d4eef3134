import { lazy, Suspense } from 'react';
import type { Widget } from '../../core/types';
import { WidgetSkeleton } from './WidgetSkeleton';
import styles from './Widgets.module.css';

const Markdown = lazy(async () => ({ default: (await import('./Markdown')).Markdown }));

export function TextWidget({ widget }: { readonly widget: Widget }) {
  const markdown = widget.options?.['markdown'];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard
    <div className={styles.text} tabIndex={0} role="group" aria-label={widget.title || 'Text'}>
      <Suspense fallback={<WidgetSkeleton kind="text" />}>
        <Markdown text={typeof markdown === 'string' ? markdown : ''} />
      </Suspense>
    </div>
  );
}
