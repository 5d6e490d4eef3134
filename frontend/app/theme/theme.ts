/** Mantine as Nowboard uses it. Colours come from styles/tokens.css; nothing here adds style tags at run time. */
import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

/** Also read by public/theme.js before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'nowboard-theme' });

export const theme = createTheme({
  fontFamily: 'var(--nb-font)',
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: {
      defaultProps: {
        openDelay: 400,
        closeDelay: 0,
        withArrow: false,
        transitionProps: { duration: 100 },
        fz: 12,
        events: { hover: true, focus: true, touch: false },
      },
    },
    Popover: { defaultProps: { shadow: 'none', radius: 10, transitionProps: { duration: 100 } } },
    Menu: { defaultProps: { shadow: 'none', radius: 10, transitionProps: { duration: 100 } } },
    // Locking the page's scroll is done in styles/base.css.
    Modal: {
      defaultProps: {
        lockScroll: false,
        overlayProps: { backgroundOpacity: 0.4 },
        radius: 12,
        centered: true,
        transitionProps: { duration: 150 },
      },
    },
    Drawer: {
      defaultProps: { lockScroll: false, overlayProps: { backgroundOpacity: 0.4 }, transitionProps: { duration: 150 } },
    },
  },
});
