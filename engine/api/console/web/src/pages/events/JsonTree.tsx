import { ActionIcon, Tooltip, VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight, IconCopy, IconFilter, IconFilterOff } from "@tabler/icons-react";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useT } from "../../texts";
import classes from "./events.module.css";
import type { EventFilter } from "./filter";
import type { Json } from "./tell/record";
import { foldsOf, linesOf, pathText, valueText, type Line } from "./tree";

type Props = { record: Json; label: string; onFilter: (filter: EventFilter) => unknown };

/**
 * A record as a tree. Arrow keys move, open and fold; "*" opens everything; on a
 * leaf "f" filters in, "x" out, "c" copies.
 */
export function JsonTree({ record, label, onFilter }: Props) {
  const t = useT();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const clipboard = useClipboard();
  const lines = useMemo(() => linesOf(record, closed), [record, closed]);
  const current = Math.max(0, lines.findIndex((l) => l.id === active));

  const fold = (line: Line, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(line.id);
    else next.add(line.id);
    setClosed(next);
  };
  const go = (index: number) => {
    const line = lines[Math.max(0, Math.min(index, lines.length - 1))];
    if (!line) return;
    setActive(line.id);
    tree.current?.querySelector<HTMLElement>(`[data-line="${CSS.escape(line.id)}"]`)?.focus();
  };
  const filter = (line: Line, out: boolean) => {
    if (line.size === null && !isEmpty(line.value)) onFilter({ path: line.path, value: line.value as EventFilter["value"], out });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[current];
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, () => void> = {
      ArrowDown: () => { go(current + 1); },
      ArrowUp: () => { go(current - 1); },
      Home: () => { go(0); },
      End: () => { go(lines.length - 1); },
      ArrowRight: () => {
        if (line.size === null) return;
        if (line.open) go(current + 1);
        else fold(line, true);
      },
      ArrowLeft: () => {
        if (line.open) fold(line, false);
        else go(lines.findLastIndex((l, i) => i < current && l.level < line.level));
      },
      Enter: () => { if (line.size !== null) fold(line, !line.open); },
      " ": () => { if (line.size !== null) fold(line, !line.open); },
      "*": () => { setClosed(closed.size === 0 ? new Set(foldsOf(record)) : new Set()); },
      f: () => { filter(line, false); },
      x: () => { filter(line, true); },
      c: () => { clipboard.copy(valueText(line.value)); },
    };
    const run = keys[event.key];
    if (!run || event.target !== event.currentTarget.querySelector(`[data-line="${CSS.escape(line.id)}"]`)) return;
    event.preventDefault();
    run();
  };

  return (
    <>
      <div role="tree" aria-label={label} ref={tree} className={classes["tree"]} onKeyDown={onKeyDown}>
        {lines.map((line, i) => {
          const leaf = line.size === null;
          const Chevron = line.open ? IconChevronDown : IconChevronRight;
          const path = pathText(line.path);
          return (
            <div
              key={line.id}
              role="treeitem"
              data-line={line.id}
              data-path={path}
              aria-level={line.level}
              aria-setsize={line.siblings}
              aria-posinset={line.place}
              aria-expanded={leaf ? undefined : line.open}
              aria-selected={i === current}
              tabIndex={i === current ? 0 : -1}
              className={classes["line"]}
              style={{ paddingLeft: `${line.level + 1.2}rem` }}
              onFocus={() => { setActive(line.id); }}
              onClick={() => { if (!leaf) fold(line, !line.open); }}
            >
              <span className={classes["fold"]} aria-hidden>{!leaf && <Chevron size={13} />}</span>
              <span className={classes["key"]}>{line.label}</span>
              <span className={classes["colon"]}>: </span>
              {leaf ? <Leaf value={line.value} /> : <span className={classes["size"]}>{Array.isArray(line.value) ? `[${line.size}]` : line.open ? "" : `{${line.size}}`}</span>}
              <span className={classes["lineActions"]}>
                {leaf && !isEmpty(line.value) && (
                  <>
                    <LineButton icon={IconFilter} label={t("event.filter.in", { path })} onClick={() => { filter(line, false); }} />
                    <LineButton icon={IconFilterOff} label={t("event.filter.out", { path })} onClick={() => { filter(line, true); }} />
                </>
              )}
              <LineButton icon={IconCopy} label={t("event.copyValue", { path })} onClick={() => { clipboard.copy(valueText(line.value)); }} />
            </span>
          </div>
        );
      })}
    </div>
    <VisuallyHidden role="status">{clipboard.copied ? t("copied") : ""}</VisuallyHidden>
    </>
  );
}

// {} and [] are lines without anything in them, but no values.
function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null;
}

function Leaf({ value }: { value: Json }) {
  if (typeof value === "string") return <span className={classes["string"]}>{value}</span>;
  return <span className={classes["constant"]}>{JSON.stringify(value)}</span>;
}

// Reached by the mouse; the keyboard has keys for them.
function LineButton({ icon: Shown, label, onClick }: { icon: typeof IconCopy; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={18}
        tabIndex={-1}
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          onClick();
        }}
      >
        <Shown size={13} />
      </ActionIcon>
    </Tooltip>
  );
}
