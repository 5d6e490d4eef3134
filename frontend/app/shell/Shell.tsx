import { Drawer } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { readView } from '../dashboard/view';
import { useTheme } from '../theme/useTheme';
import { Toasts } from '../ui/Toasts';
import { ShellContext } from './context';
import { Navigation } from './Navigation';
import styles from './Shell.module.css';
import { ShortcutsDialog } from './ShortcutsDialog';
import { useShortcuts } from './shortcuts';

/** The frame of every page: navigation, skip link, live region, shortcuts. On a wall, only the page is left. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [path, navigate] = useLocation();
  const { wall } = readView(useSearch());
  const theme = useTheme();
  const [folded, setFolded] = useLocalStorage({
    key: 'nowboard-navigation-folded',
    defaultValue: window.innerWidth < 1600,
    getInitialValueInEffect: false,
  });
  const [help, helpDialog] = useDisclosure(false);
  const [drawer, drawerControl] = useDisclosure(false);
  const [announcement, announce] = useState('');
  const { open: openNavigation, close: closeNavigation } = drawerControl;
  const control = useMemo(() => ({ openNavigation, announce }), [openNavigation]);

  useShortcuts({
    '?': helpDialog.toggle,
    '[': () => setFolded(!folded),
    d: () => theme.choose(theme.shown === 'dark' ? 'light' : 'dark'),
    g: () => navigate('/'),
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the drawer
  useEffect(closeNavigation, [path, closeNavigation]);

  return (
    <ShellContext value={control}>
      <a className="nb-skip" href="#main">
        Skip to the content
      </a>
      <div className={styles.root} data-wall={wall || undefined} data-folded={folded || undefined}>
        {wall ? null : (
          <div className={styles.side}>
            <Navigation folded={folded} onFold={() => setFolded(!folded)} onHelp={helpDialog.open} />
          </div>
        )}
        <main id="main" tabIndex={-1} className={styles.main}>
          <Toasts>{children}</Toasts>
        </main>
      </div>
      <Drawer
        opened={drawer}
        onClose={closeNavigation}
        size={272}
        padding={0}
        withCloseButton={false}
        attributes={{ content: { 'aria-label': 'Navigation' } }}
      >
        <Navigation folded={false} onHelp={helpDialog.open} />
      </Drawer>
      <ShortcutsDialog opened={help} onClose={helpDialog.close} />
      <output className="nb-hidden" aria-live="polite">
        {announcement}
      </output>
    </ShellContext>
  );
}
