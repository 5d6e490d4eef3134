import { Button } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { IconButton } from './IconButton';
import styles from './Toasts.module.css';

export interface Toast {
  readonly text: string;
  /** Takes it back. */
  readonly undo?: () => void;
}

type Show = (toast: Toast) => void;

const ToastContext = createContext<Show>(() => {});
const SHOWN_MS = 10_000;

/** Says below the page what was just done, for as long as it can easily be taken back. */
export const useToast = (): Show => useContext(ToastContext);

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toast, setToast] = useState<Toast | null>(null);
  const show = useCallback<Show>((next) => setToast(next), []);
  useEffect(() => {
    if (toast === null) return undefined;
    const timer = setTimeout(() => setToast(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  const undo = (): void => {
    toast?.undo?.();
    setToast(null);
  };
  return (
    <ToastContext value={show}>
      {children}
      <div className={styles.place} role="status">
        {toast ? (
          <div className={styles.toast}>
            <span>{toast.text}</span>
            {toast.undo ? (
              <Button size="compact-sm" variant="default" onClick={undo}>
                Undo
              </Button>
            ) : null}
            <IconButton icon="close" label="Dismiss" size={28} onClick={() => setToast(null)} />
          </div>
        ) : null}
      </div>
    </ToastContext>
  );
}
