import { Menu } from '@mantine/core';
import { type ThemeChoice, useTheme } from '../theme/useTheme';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';
import type { IconName } from '../ui/icons';

const CHOICES: readonly (readonly [ThemeChoice, string, IconName])[] = [
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
  ['auto', 'As the system', 'system'],
];

export function ThemeMenu() {
  const { choice, shown, choose } = useTheme();
  return (
    <Menu position="right-end">
      <Menu.Target>
        <IconButton icon={shown === 'dark' ? 'moon' : 'sun'} label="Theme" />
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map(([value, label, icon]) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={choice === value}
            leftSection={<Icon name={icon} size={16} />}
            rightSection={choice === value ? <Icon name="check" size={16} /> : null}
            onClick={() => choose(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
