/** The sign of Tandem: two voices on one line. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <rect width="32" height="32" rx="8" />
      <path d="M8 13v6M12.5 9.5v13M19.5 12v8M24 14.5v3" />
      <path d="M16 7v18" className="mark-middle" />
    </svg>
  );
}
