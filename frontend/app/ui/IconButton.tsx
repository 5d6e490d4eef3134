import { ActionIcon, type ActionIconProps, type ElementProps, Tooltip } from '@mantine/core';
import type { Ref } from 'react';
import { Icon } from './Icon';
import type { IconName } from './icons';

interface IconButtonProps extends ActionIconProps, ElementProps<'button', keyof ActionIconProps> {
  readonly ref?: Ref<HTMLButtonElement>;
  readonly icon: IconName;
  /** What it does, as a verb; also its tooltip. */
  readonly label: string;
  readonly shortcut?: string;
  readonly pressed?: boolean;
}

/** A square button with an icon, a name and a tooltip. */
export function IconButton({ icon, label, shortcut, pressed, ...others }: IconButtonProps) {
  return (
    <Tooltip label={shortcut ? `${label} (${shortcut})` : label}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'blue' : 'gray'}
        size={34}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...others}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}
