import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useKey } from "../../app/keys";
import { useT } from "../../texts";
import classes from "./query.module.css";
import { closeTab, openTab, showTab, stepTab, tabTitle, useTabs } from "./tabs";

/** The open queries; arrow keys go from one to the next, Delete closes. */
export function TabBar() {
  const t = useT();
  const { tabs, current } = useTabs();
  const list = useRef<HTMLDivElement>(null);
  useKey({ keys: "alt+t", text: "query.tabs.open", group: "keys.page", inFields: true }, () => openTab());
  useKey({ keys: "alt+w", text: "query.tabs.close", group: "keys.page", inFields: true }, () => { closeTab(current); });
  useKey({ keys: "alt+PageDown", text: "query.tabs.next", group: "keys.page", inFields: true }, () => { stepTab(1); });
  useKey({ keys: "alt+PageUp", text: "query.tabs.previous", group: "keys.page", inFields: true }, () => { stepTab(-1); });

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowRight") stepTab(1);
    else if (event.key === "ArrowLeft") stepTab(-1);
    else if (event.key === "Delete") closeTab(current);
    else return;
    event.preventDefault();
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };

  return (
    <div className={classes["tabBar"]}>
      <div role="tablist" aria-label={t("query.tabs.label")} className={classes["tabList"]} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => {
          const title = tabTitle(tab, t("query.untitled"));
          const selected = tab.id === current;
          return (
            <div key={tab.id} role="presentation" className={classes["tab"]} data-selected={selected || undefined}>
              <button
                type="button"
                role="tab"
                id={`tab-${tab.id}`}
                aria-selected={selected}
                aria-controls="query-tab"
                tabIndex={selected ? 0 : -1}
                className={classes["tabName"]}
                title={tab.sql.slice(0, 500)}
                onClick={() => { showTab(tab.id); }}
                onAuxClick={(event) => { if (event.button === 1) closeTab(tab.id); }}
              >
                {title}
              </button>
              {/* For the mouse; Delete or the page's key closes too. */}
              <button type="button" tabIndex={-1} aria-hidden className={classes["tabClose"]} title={t("query.tabs.closeNamed", { name: title })} onClick={() => { closeTab(tab.id); }}>
                <IconX size={13} aria-hidden />
              </button>
            </div>
          );
        })}
      </div>
      <Tooltip label={t("query.tabs.open")}>
        <ActionIcon aria-label={t("query.tabs.open")} onClick={() => openTab()}>
          <IconPlus size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
