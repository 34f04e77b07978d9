import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { useLocalStorage } from "@mantine/hooks";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useT } from "../texts";
import classes from "./frame.module.css";
import { useKey } from "./keys";
import { KeyList } from "./KeyList";
import { Mark } from "./Mark";
import { navigation, type NavigationPage } from "./pages";
import { UserMenu } from "./UserMenu";

/** What is around every page: the navigation at the left, the page at the right. */
export function Frame() {
  const t = useT();
  const [narrow, setNarrow] = useLocalStorage({ key: "traillake.narrow", defaultValue: false, getInitialValueInEffect: false });
  const toggle = narrow ? t("nav.expand") : t("nav.collapse");
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <div className={classes["frame"]} data-narrow={narrow || undefined}>
      <a className={classes["skip"]} href="#content">{t("skip")}</a>
      <header className={classes["side"]}>
        <Link to="/" className={classes["brand"]} aria-label="TrailLake">
          <Mark size={26} />
          {!narrow && <span>TrailLake</span>}
        </Link>
        <nav aria-label={t("nav.label")} className={classes["pages"]}>
          {navigation.map((page) => (
            <NavigationLink key={page.path} page={page} narrow={narrow} />
          ))}
        </nav>
        <div className={classes["foot"]}>
          <UserMenu narrow={narrow} />
          <Tooltip label={toggle} position="right">
            <ActionIcon className={classes["sideButton"]} aria-label={toggle} aria-expanded={!narrow} onClick={() => { setNarrow(!narrow); }}>
              <Toggle size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={classes["content"]}>
        <Outlet />
      </main>
      <KeyList />
    </div>
  );
}

function NavigationLink({ page, narrow }: { page: NavigationPage; narrow: boolean }) {
  const t = useT();
  const navigate = useNavigate();
  useKey({ keys: page.keys, text: page.text, group: "keys.go" }, () => void navigate({ to: page.path }));
  const Shown = page.icon;
  return (
    <Tooltip label={t(page.text)} position="right" disabled={!narrow}>
      <Link to={page.path} className={classes["page"]} aria-label={narrow ? t(page.text) : undefined}>
        <Shown size={18} stroke={1.6} aria-hidden />
        {!narrow && <span>{t(page.text)}</span>}
      </Link>
    </Tooltip>
  );
}
