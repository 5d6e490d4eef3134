import { ICONS, type IconName } from './icons';

interface IconProps {
  readonly name: IconName;
  readonly size?: number;
}

/** An outline beside a word or inside a labelled button; silent for screen readers. */
export function Icon({ name, size = 18 }: IconProps) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="nb-icon"
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
