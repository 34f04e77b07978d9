/** TrailLake's mark: two waves, and the footprint of a trail. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="#0c6f8a" />
      <path d="M4 21c4-4 8-4 12 0s8 4 12 0" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path d="M7 13.500c3-3 6-3 9 0s6 3 9 0" fill="none" stroke="#a3d1dc" strokeWidth="2.500" strokeLinecap="round" />
      <circle cx="23.500" cy="7" r="2.400" fill="#f0ab1c" />
    </svg>
  );
}
