/** The mark: four columns, as on a live board. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="8" fill="var(--nb-fill)" />
      <path
        d="M8 20.5v2.5M13.3 15v8M18.7 17.5V23M24 9v14"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
