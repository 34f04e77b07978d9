import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSun, IconUserCircle, type Icon } from "@tabler/icons-react";
import { languages, language, setLanguage, useT, type Language } from "../texts";
import { Keys } from "../parts/Keys";
import classes from "./frame.module.css";
import { useKey, useKeys } from "./keys";
import { useSession } from "./session";

const schemes: [MantineColorScheme, Icon][] = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconDeviceDesktop],
];

/** Who is signed in, signing out, the language and the colours. */
export function UserMenu({ narrow }: { narrow: boolean }) {
  const t = useT();
  const { state, signOut } = useSession();
  const { setListing } = useKeys();
  const { colorScheme, setColorScheme, toggleColorScheme } = useMantineColorScheme();
  useKey({ keys: "mod+shift+l", text: "keys.scheme", group: "keys.everywhere" }, toggleColorScheme);
  const who = state.at === "in" ? state.session.accessKeyId : "";
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      notifications.show({ color: "red", title: t("error.title"), message: String(error) });
    }
  };
  return (
    <Menu width={232} position="right-end" withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes["user"]} aria-label={`${t("user.menu")}: ${who}`}>
          <IconUserCircle size={18} stroke={1.6} aria-hidden />
          {!narrow && <span className={classes["userName"]}>{who}</span>}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("user.signedInAs")}<br /><span className={classes["keyId"]}>{who}</span></Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t("user.language")}</Menu.Label>
        {Object.entries(languages).map(([code, name]) => (
          <Menu.Item key={code} lang={code} leftSection={<IconLanguage size={15} />} rightSection={language() === code && <IconCheck size={14} />} onClick={() => void setLanguage(code as Language)}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Label>{t("user.scheme")}</Menu.Label>
        {schemes.map(([scheme, Shown]) => (
          <Menu.Item key={scheme} leftSection={<Shown size={15} />} rightSection={colorScheme === scheme && <IconCheck size={14} />} onClick={() => { setColorScheme(scheme); }}>
            {t(`user.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={15} />} rightSection={<Keys keys="?" />} onClick={() => { setListing(true); }}>{t("user.keys")}</Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>{t("user.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
