import { Anchor, Badge, Button, Code, Drawer, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPencil, IconPlayerPlayFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useOpenTab } from "../../app/openTab";
import { sampleOn, type Sample } from "../../api/samples";
import type { Store } from "../../api/stores";
import { Copy } from "../../parts/Copy";
import { useT } from "../../texts";
import classes from "./samples.module.css";
import { defaults, useRunSample } from "./useRunSample";

/** A sample with all there is to know of it before it is run. */
export function SampleDrawer({ sample, store, onClose }: { sample: Sample | undefined; store: Store | undefined; onClose: () => void }) {
  const t = useT();
  return (
    <Drawer opened={sample !== undefined} onClose={onClose} position="right" size="lg" title={sample?.name} closeButtonProps={{ "aria-label": t("close") }}>
      {sample && <Details sample={sample} store={store} />}
    </Drawer>
  );
}

function Details({ sample, store }: { sample: Sample; store: Store | undefined }) {
  const t = useT();
  const openTab = useOpenTab();
  const run = useRunSample();
  const [parameters, setParameters] = useState(defaults(sample));
  const sql = store ? sampleOn(sample, store) : sample.queryStatement;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (store) run.mutate({ sample, store, parameters });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Title order={2}>{sample.question}</Title>
        <Group gap="xs">
          <Badge tt="none">{sample.categoryName}</Badge>
          {sample.technique?.id && <Badge variant="outline" color="gray" tt="none">{sample.technique.id} {sample.technique.name}</Badge>}
        </Group>
        {sample.explanation.split(/\n{2,}/).map((paragraph, i) => <Text key={i}>{paragraph}</Text>)}
        {sample.parameters.map((p, i) => (
          <TextInput key={i} label={p.name} description={p.description} value={parameters[i] ?? ""} onChange={(e) => { setParameters(parameters.with(i, e.currentTarget.value)); }} />
        ))}
        {!store && <Text c="dimmed">{t("samples.noStore")} <Anchor component={Link} to="/imports/new">{t("imports.start")}</Anchor></Text>}
        {run.error && <Text c="red" role="alert">{run.error.message}</Text>}
        <Group>
          <Button type="submit" leftSection={<IconPlayerPlayFilled size={12} />} disabled={!store} loading={run.isPending} data-autofocus>{store ? t("samples.runOnNamed", { store: store.name }) : t("samples.run")}</Button>
          <Button variant="default" leftSection={<IconPencil size={14} />} onClick={() => void openTab(sql, { name: sample.name, parameters })}>{t("samples.edit")}</Button>
        </Group>
        <div className={classes["sql"]}>
          <Code block tabIndex={0}>{sql}</Code>
          <div className={classes["sqlCopy"]}><Copy value={sql} label={t("samples.copySql")} /></div>
        </div>
      </Stack>
    </form>
  );
}
