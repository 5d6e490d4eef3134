import { useMemo } from 'react';
import type { Subscription } from '../../core/index';
import type { Widget } from '../../core/types';
import { useWidgetChannels } from '../../react/index';
import { useScene } from '../dashboard/context';
import { CardFrame } from './CardFrame';
import { widgetState } from './state';
import { useSeen } from './useSeen';

export interface WidgetCardProps {
  readonly widget: Widget;
  /** Fills the screen instead of a place on the grid. */
  readonly focused?: boolean;
}

function LiveCard({
  widget,
  focused = false,
  subscription,
}: WidgetCardProps & { readonly subscription: Subscription }) {
  const channels = useWidgetChannels(subscription, widget);
  useSeen(channels);
  // The same frames as long as nothing arrived: what is drawn from them is kept as well.
  const state = useMemo(() => widgetState(widget, channels), [widget, channels]);
  return <CardFrame widget={widget} state={state} channels={channels} focused={focused} />;
}

/** One widget on its card. It follows its own channels only, so a change elsewhere does not draw it again. */
export function WidgetCard({ widget, focused = false }: WidgetCardProps) {
  const { subscription } = useScene();
  if (subscription === null) {
    return <CardFrame widget={widget} state={widgetState(widget, [])} channels={[]} focused={focused} />;
  }
  return <LiveCard widget={widget} focused={focused} subscription={subscription} />;
}
