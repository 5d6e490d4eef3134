/** Tells screen readers when the numbers stop or start moving; never every number. */
import { useEffect, useRef } from 'react';
import { describeConnection } from '../../core/index';
import { useConnection } from '../../react/index';
import { useShell } from '../shell/context';

export function useAnnounceConnection(): void {
  const connection = useConnection();
  const { announce } = useShell();
  const { label } = describeConnection(connection);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    announce(label);
  }, [label, announce]);
}
