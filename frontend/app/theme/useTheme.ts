/** Light or dark, as it is drawn now and as it was chosen. */
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';

export type ThemeChoice = 'light' | 'dark' | 'auto';

export interface ThemeControl {
  readonly choice: ThemeChoice;
  readonly shown: 'light' | 'dark';
  readonly choose: (choice: ThemeChoice) => void;
}

export function useTheme(): ThemeControl {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const shown = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return { choice: colorScheme, shown, choose: setColorScheme };
}
