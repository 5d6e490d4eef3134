/** Subscriptions and their channels as hooks. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ChannelState, Query, Readable, Subscription, SubscriptionState, View, Widget } from '../core/index';
import { useLiveClient } from './live';
import { useReadable, useReadables } from './readable';

type Target = { readonly dashboard: string } | { readonly query: Query };

function useSubscription(target: Target, view: View): Subscription | null {
  const client = useLiveClient();
  const [subscription, setSubscription] = useState<Subscription | null>(null);
  const wanted = JSON.stringify(view);
  const asked = JSON.stringify(target);
  const current = useRef({ view, wanted, sent: '' });
  current.current.view = view;
  current.current.wanted = wanted;

  useEffect(() => {
    const held = current.current;
    held.sent = held.wanted;
    const opened = client.subscribe({ ...(JSON.parse(asked) as Target), ...held.view });
    setSubscription(opened);
    return () => {
      opened.close();
      setSubscription(null);
    };
  }, [client, asked]);

  useEffect(() => {
    const held = current.current;
    if (subscription === null || held.sent === wanted) return;
    held.sent = wanted;
    subscription.update(held.view);
  }, [subscription, wanted]);

  return subscription;
}

/** Watches a dashboard; null before the first effect ran. A changed `view` changes the subscription in place. */
export function useDashboard(id: string, view: View): Subscription | null {
  return useSubscription(
    useMemo(() => ({ dashboard: id }), [id]),
    view,
  );
}

/** Watches one query by itself. */
export function useLiveQuery(query: Query, view: View): Subscription | null {
  return useSubscription(
    useMemo(() => ({ query }), [query]),
    view,
  );
}

export function useSubscriptionState(subscription: Subscription): SubscriptionState {
  return useReadable(subscription.state);
}

/** One channel: a widget's own query, one of its parts, or (without names) that of `useLiveQuery`. */
export function useChannel(subscription: Subscription, widget?: string, part?: string): ChannelState {
  return useReadable(subscription.channel(widget, part));
}

/** The channels of a widget: its own query first, if it has one, then its parts in their order. */
export function useWidgetChannels(subscription: Subscription, widget: Widget): readonly ChannelState[] {
  const channels = useMemo(() => {
    const own: Readable<ChannelState>[] = widget.query ? [subscription.channel(widget.id)] : [];
    return own.concat(Object.keys(widget.parts ?? {}).map((part) => subscription.channel(widget.id, part)));
  }, [subscription, widget]);
  return useReadables(channels);
}
