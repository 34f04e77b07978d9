import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useT } from "../texts";
import { EmptyState } from "../parts/States";

export function NotFound() {
  const t = useT();
  const { pathname } = useLocation();
  return (
    <EmptyState icon={IconMapOff} title={t("error.notFound")} action={<Button component={Link} to="/">{t("error.home")}</Button>}>
      {t("error.notFoundHelp", { path: pathname })}
    </EmptyState>
  );
}
