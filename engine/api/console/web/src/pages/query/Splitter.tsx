import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import classes from "./query.module.css";

/** The bar between editor and result: dragged, or moved with the arrow keys. share is the upper part's, in percent. */
export function Splitter({ share, onChange, label }: { share: number; onChange: (share: number) => void; label: string }) {
  const dragging = useRef(false);
  const set = (to: number) => {
    onChange(Math.round(Math.max(12, Math.min(80, to)) * 10) / 10);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!dragging.current) return;
    const box = event.currentTarget.parentElement!.getBoundingClientRect();
    set(((event.clientY - box.top) / box.height) * 100);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowUp") set(share - 4);
    else if (event.key === "ArrowDown") set(share + 4);
    else return;
    event.preventDefault();
  };
  return (
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-valuenow={Math.round(share)}
      aria-label={label}
      tabIndex={0}
      className={classes["splitter"]}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => { dragging.current = false; }}
      onKeyDown={onKeyDown}
    />
  );
}
