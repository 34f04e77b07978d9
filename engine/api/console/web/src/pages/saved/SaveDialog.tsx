import { Button, Group, Input, Modal, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useSavedChanges, type SavedQuery } from "../../api/saved";
import { useT } from "../../texts";
import { bounded } from "../query/range";
import { RangePicker } from "../query/RangePicker";
import classes from "./saved.module.css";

/** What the dialog keeps or changes: a statement with its parameters, or a query that is saved already. */
export type Savable = { queryStatement: string; name?: string; parameters?: SavedQuery["parameters"]; timeRange?: SavedQuery["timeRange"]; saved?: SavedQuery };

type Props = { what: Savable | null; onClose: () => void; onSaved?: (query: SavedQuery) => void };

/** Saves a statement under a name, or gives a saved query another name, description, time range and tags. */
export function SaveDialog({ what, onClose, onSaved }: Props) {
  const t = useT();
  return (
    <Modal opened={what !== null} onClose={onClose} size="lg" title={t(what?.saved ? "saved.edit" : "saved.save")} closeButtonProps={{ "aria-label": t("close") }}>
      {what && <SaveForm what={what} onClose={onClose} onSaved={onSaved} />}
    </Modal>
  );
}

function SaveForm({ what, onClose, onSaved }: { what: Savable; onClose: () => void; onSaved: ((query: SavedQuery) => void) | undefined }) {
  const t = useT();
  const { create, update } = useSavedChanges();
  const [name, setName] = useState(what.saved?.name ?? what.name ?? "");
  const [description, setDescription] = useState(what.saved?.description ?? "");
  const [tags, setTags] = useState(what.saved?.tags ?? []);
  const [parameters, setParameters] = useState(what.saved?.parameters ?? what.parameters ?? []);
  const [range, setRange] = useState(what.saved?.timeRange ?? what.timeRange ?? null);
  const error = create.error ?? update.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const timeRange = bounded(range);
    const query = { name, description, tags, parameters, queryStatement: what.queryStatement, ...(timeRange && { timeRange }) };
    const onSuccess = (saved: SavedQuery) => {
      onSaved?.(saved);
      onClose();
    };
    if (what.saved) update.mutate({ query: what.saved, by: query }, { onSuccess });
    else create.mutate(query, { onSuccess });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput label={t("saved.name")} required maxLength={128} value={name} onChange={(e) => { setName(e.currentTarget.value); }} data-autofocus />
        <Textarea label={t("saved.description")} maxLength={2048} autosize minRows={2} value={description} onChange={(e) => { setDescription(e.currentTarget.value); }} />
        <TagsInput label={t("saved.tags")} description={t("saved.tagsHelp")} maxTags={20} acceptValueOnBlur value={tags} onChange={setTags} />
        <Input.Wrapper label={t("query.range.label")} labelElement="div" description={t("saved.rangeHelp")}>
          <RangePicker range={range} onChange={setRange} />
        </Input.Wrapper>
        {parameters.map((p, i) => (
          <Group key={i} grow align="start">
            <TextInput label={t("saved.parameter", { number: i + 1 })} required maxLength={64} value={p.name ?? ""} onChange={(e) => { setParameters(parameters.with(i, { ...p, name: e.currentTarget.value })); }} />
            <TextInput label={t("saved.default")} value={p.defaultValue ?? ""} onChange={(e) => { setParameters(parameters.with(i, { ...p, defaultValue: e.currentTarget.value })); }} />
          </Group>
        ))}
        <pre className={classes["statement"]} tabIndex={0} aria-label={t("saved.statement")}>{what.queryStatement}</pre>
        {error && <Text c="red" role="alert">{error.message}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" loading={create.isPending || update.isPending}>{t("saved.go")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
