/** Tells the server what was painted, for its ingest-to-paint histogram. */
import { useEffect } from 'react';
import type { ChannelState } from '../../core/index';
import { useLiveClient } from '../../react/index';

export function useSeen(channels: readonly ChannelState[]): void {
  const client = useLiveClient();
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      for (const { channel, result } of channels) {
        if (channel !== null && result !== null) client.seen(channel, result.offset);
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [client, channels]);
}
