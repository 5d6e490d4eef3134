import { emptiness } from '../../charts/index';
import type { ChannelState } from '../../core/index';
import type { Widget } from '../../core/types';
import { useScene } from '../dashboard/context';
import { Message } from '../ui/Message';
import { AlertsWidget } from './AlertsWidget';
import { Chart } from './Chart';
import { KpiWidget } from './KpiWidget';
import { ProgressWidget } from './ProgressWidget';
import { SparklineWidget } from './SparklineWidget';
import { StatusWidget } from './StatusWidget';
import type { WidgetFrames, WidgetState } from './state';
import { TableWidget } from './TableWidget';
import { TextWidget } from './TextWidget';
import { WidgetFault } from './WidgetFault';
import { WidgetSkeleton } from './WidgetSkeleton';

interface DrawingProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
  readonly channels: readonly ChannelState[];
  readonly onTable: () => void;
}

function Drawing({ widget, frames, channels, onTable }: DrawingProps) {
  switch (widget.kind) {
    case 'text':
      return <TextWidget widget={widget} />;
    case 'alerts':
      return <AlertsWidget widget={widget} />;
    case 'kpi':
      return <KpiWidget widget={widget} frames={frames} />;
    case 'progress':
      return <ProgressWidget widget={widget} frames={frames} />;
    case 'status':
      return <StatusWidget widget={widget} frames={frames} />;
    case 'sparkline':
      return <SparklineWidget widget={widget} frames={frames} />;
    case 'table':
      return <TableWidget widget={widget} frames={frames} changed={channels[0]?.changed ?? []} />;
    default:
      return <Chart widget={widget} frames={frames} onTable={onTable} />;
  }
}

interface WidgetBodyProps {
  readonly widget: Widget;
  readonly state: WidgetState;
  readonly channels: readonly ChannelState[];
  readonly onTable: () => void;
}

/** The widget itself, or words about why it cannot be seen. */
export function WidgetBody({ widget, state, channels, onTable }: WidgetBodyProps) {
  const { subscription } = useScene();
  if (state.kind === 'loading') return <WidgetSkeleton kind={widget.kind} />;
  if (state.kind === 'denied') {
    return (
      <Message icon="lock" title="You may not see these numbers">
        <p>{state.error.message}</p>
        <p>Whoever administers this server can grant it.</p>
      </Message>
    );
  }
  if (state.kind === 'error') return <WidgetFault error={state.error} retry={() => subscription?.refresh()} />;
  const missing = emptiness(widget, state.frames);
  if (missing !== null) {
    return (
      <Message icon={missing.kind === 'no_column' ? 'warning' : 'empty'} title={missing.message}>
        {missing.kind === 'no_column'
          ? 'Name a column of the result in the options of this widget.'
          : 'Choose a longer time range, or fewer filters.'}
      </Message>
    );
  }
  return <Drawing widget={widget} frames={state.frames} channels={channels} onTable={onTable} />;
}
