import { useCallback, useEffect, useRef, useState } from "react";

// Browsers do not make elements higher than some 17 (Firefox) or 33 million
// pixels; a million rows are.
const maxHeight = 8_000_000;

/**
 * Scrolling through more pixels than an element may have. position counts in
 * rows' true pixels; the scroll bar stands for it in proportion. A wheel's or a
 * key's step moves by itself, a drag of the bar jumps in proportion.
 */
export function useScroll(total: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [position, setPosition] = useState(0);
  const [left, setLeft] = useState(0);
  const [view, setView] = useState({ width: 800, height: 400 });
  const place = useRef({ position: 0, scrollTop: 0, settle: 0 });

  const height = Math.min(total, maxHeight);
  const most = Math.max(0, total - view.height);
  const ratio = height > view.height ? most / (height - view.height) : 1;

  const moveTo = useCallback(
    (to: number) => {
      const p = place.current;
      p.position = Math.max(0, Math.min(to, most));
      p.scrollTop = Math.round(p.position / ratio);
      if (scroller.current) scroller.current.scrollTop = p.scrollTop;
      setPosition(p.position);
    },
    [most, ratio],
  );

  const onScroll = useCallback(() => {
    const s = scroller.current!;
    setLeft(s.scrollLeft);
    const p = place.current;
    const by = s.scrollTop - p.scrollTop;
    if (by === 0) return;
    p.scrollTop = s.scrollTop;
    const atEdge = s.scrollTop <= 0 || s.scrollTop >= s.scrollHeight - s.clientHeight - 1;
    p.position = ratio === 1 || atEdge || Math.abs(by) > s.clientHeight ? s.scrollTop * ratio : p.position + by;
    p.position = Math.max(0, Math.min(p.position, most));
    setPosition(p.position);
    // Steps let bar and position drift apart; at rest the bar is put right.
    window.clearTimeout(p.settle);
    p.settle = window.setTimeout(() => {
      if (Math.abs(p.position / ratio - s.scrollTop) > 1) moveTo(p.position);
    }, 200);
  }, [most, ratio, moveTo]);

  useEffect(() => {
    const s = scroller.current!;
    const observer = new ResizeObserver(() => {
      setView({ width: s.clientWidth, height: s.clientHeight });
    });
    observer.observe(s);
    const p = place.current;
    return () => {
      observer.disconnect();
      window.clearTimeout(p.settle);
    };
  }, []);

  return { scroller, onScroll, height, position: Math.min(position, most), left, view, moveTo };
}
