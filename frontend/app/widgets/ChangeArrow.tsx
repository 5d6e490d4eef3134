import { Icon } from '../ui/Icon';
import type { IconName } from '../ui/icons';

const ARROWS: Readonly<Record<'up' | 'down' | 'none', readonly [IconName, string]>> = {
  up: ['arrowUp', 'up'],
  down: ['arrowDown', 'down'],
  none: ['arrowRight', 'unchanged'],
};

/** Direction as a shape and as a word, never as a colour alone. */
export function ChangeArrow({ direction }: { readonly direction: 'up' | 'down' | 'none' }) {
  const [icon, word] = ARROWS[direction];
  return (
    <>
      <Icon name={icon} size={14} />
      <span className="nb-hidden">{word} </span>
    </>
  );
}
