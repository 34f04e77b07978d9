import { Alert, Button, Group, PasswordInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { ApiError } from "../api/client";
import { useTitle } from "../parts/Page";
import { language, languages, setLanguage, useT, type Language } from "../texts";
import classes from "./frame.module.css";
import { Mark } from "./Mark";
import { useSession } from "./session";

/** Asks for the lake's credentials. It stands in the place of whatever page was asked for, so links survive it. */
export function SignIn({ message }: { message: string }) {
  const t = useT();
  const { signIn } = useSession();
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useTitle(t("signIn.title"));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => (form.get(name) as string).trim();
    setBusy(true);
    setFailure(null);
    try {
      await signIn(text("keyId"), text("secret"));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const failed = failure instanceof ApiError && failure.code === "Network" ? t("error.networkHelp") : failure instanceof Error ? failure.message : "";

  return (
    <div className={classes["signIn"]}>
      <main className={classes["signInForm"]}>
        <form onSubmit={(event) => void submit(event)}>
          <Stack gap="md">
            <Group gap="sm">
              <Mark size={34} />
              <Text fz="1.35rem" fw={650} component="span">TrailLake</Text>
            </Group>
            <Text c="dimmed">{t("signIn.purpose")}</Text>
            <Title order={1} mt="md">{t("signIn.title")}</Title>
            {message && !failed && <Alert color="amber">{t("signIn.ended", { message })}</Alert>}
            {failed && <Alert color="red" role="alert">{failed}</Alert>}
            <TextInput size="sm" name="keyId" label={t("signIn.keyId")} required autoFocus spellCheck={false} autoComplete="username" />
            <PasswordInput size="sm" name="secret" label={t("signIn.secret")} required autoComplete="current-password" visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }} />
            <Button size="sm" type="submit" loading={busy}>{t("signIn.go")}</Button>
            <Text size="xs" c="dimmed">{t("signIn.note")}</Text>
            <Select
              w="9rem"
              label={t("user.language")}
              data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
              value={language()}
              allowDeselect={false}
              onChange={(to) => void (to && setLanguage(to as Language))}
            />
          </Stack>
        </form>
      </main>
      <div className={classes["signInArt"]} aria-hidden>
        <Waves />
      </div>
    </div>
  );
}

// Layers of water, the lower the deeper, and one amber track over them.
function Waves() {
  const wave = (y: number, swell: number) =>
    `M0 ${y}c100 ${-swell} 200 ${-swell} 300 0s200 ${swell} 300 0s200 ${-swell} 300 0V800H0z`;
  return (
    <svg viewBox="0 0 900 800" preserveAspectRatio="xMidYMax slice">
      {[0, 1, 2, 3, 4, 5].map((i) => (
        <path key={i} d={wave(330 + i * 82, 34 - i * 3)} fill="#1d86a1" opacity={0.13 + i * 0.05} />
      ))}
      <path d="M90 210C250 120 330 260 470 190S690 90 830 150" fill="none" stroke="#f0ab1c" strokeWidth="3" strokeLinecap="round" strokeDasharray="1 13" />
    </svg>
  );
}
