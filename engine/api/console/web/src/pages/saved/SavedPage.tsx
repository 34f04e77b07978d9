import { ActionIcon, Anchor, Badge, Box, Button, Center, CloseButton, Group, Menu, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconBookmark, IconDotsVertical, IconLink, IconPencil, IconSearch, IconTrash, IconZoomExclamation } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { useKey } from "../../app/keys";
import { useSession } from "../../app/session";
import { useSavedQueries, type SavedFilter, type SavedQuery } from "../../api/saved";
import { Owner } from "../../parts/Owner";
import { Page, Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import { copyText } from "../../parts/copyText";
import { RangeText } from "../query/RangeText";
import { DeleteDialog } from "./DeleteDialog";
import { SaveDialog } from "./SaveDialog";
import classes from "./saved.module.css";

/** What the address of the list keeps. */
export type SavedSearch = { q?: string; tag?: string; mine?: boolean };

/** The queries that are kept under a name. */
export function SavedPage() {
  const t = useT();
  const navigate = useNavigate({ from: "/saved" });
  const search = useSearch({ from: "/saved" });
  const { state } = useSession();
  const field = useRef<HTMLInputElement>(null);
  const [phrase] = useDebouncedValue(search.q?.trim() ?? "", 200);
  const filter: SavedFilter = {
    ...(phrase && { searchPhrase: phrase }),
    ...(search.tag && { tag: search.tag }),
    ...(search.mine && state.at === "in" && { owner: state.session.accessKeyId }),
  };
  const saved = useSavedQueries(filter);
  const rows = useMemo(() => saved.data?.pages.flatMap((p) => p.savedQueries), [saved.data]);
  const set = useCallback((change: SavedSearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const onTag = useCallback((tag: string) => { set({ tag }); }, [set]);
  useKey({ keys: "/", text: "saved.search", group: "keys.page" }, () => field.current?.focus());
  const filtered = Object.keys(filter).length > 0;
  return (
    <Page title={t("saved.title")} subtitle={t("saved.purpose")}>
      <Panel padded={false}>
        <Group gap="md" className={classes["bar"]}>
          <TextInput ref={field} type="search" flex={1} aria-label={t("saved.search")} placeholder={t("saved.searchHint")} leftSection={<IconSearch size={14} />} value={search.q ?? ""} onChange={(e) => { set({ q: e.currentTarget.value || undefined }); }}
            rightSection={search.q && <CloseButton size="xs" aria-label={t("saved.clear")} onClick={() => { set({ q: undefined }); }} />} />
          {search.tag && <Badge tt="none" rightSection={<CloseButton size={14} aria-label={t("saved.allTags")} onClick={() => { set({ tag: undefined }); }} />}>{search.tag}</Badge>}
          <Switch label={t("saved.mine")} checked={search.mine ?? false} onChange={(e) => { set({ mine: e.currentTarget.checked || undefined }); }} />
        </Group>
        {saved.isError ? (
          <ErrorState error={saved.error} retry={() => void saved.refetch()} />
        ) : !rows ? (
          <LoadingRows />
        ) : rows.length === 0 && filtered ? (
          <EmptyState icon={IconZoomExclamation} title={t("saved.noneFound")} action={<Button variant="default" onClick={() => { set({ q: undefined, tag: undefined, mine: undefined }); }}>{t("saved.all")}</Button>} />
        ) : rows.length === 0 ? (
          <EmptyState icon={IconBookmark} title={t("saved.none")} action={<Button component={Link} to="/query">{t("saved.toQuery")}</Button>}>{t("saved.noneHelp")}</EmptyState>
        ) : (
          <>
            <List queries={rows} onTag={onTag} />
            {saved.hasNextPage && <Center p="sm"><Button variant="default" loading={saved.isFetchingNextPage} onClick={() => void saved.fetchNextPage()}>{t("loadMore")}</Button></Center>}
          </>
        )}
      </Panel>
    </Page>
  );
}

function List({ queries, onTag }: { queries: SavedQuery[]; onTag: (tag: string) => void }) {
  const t = useT();
  const [editing, setEditing] = useState<SavedQuery | null>(null);
  const [deleting, setDeleting] = useState<SavedQuery | null>(null);
  const columns = useMemo<TableColumn<SavedQuery>[]>(
    () => [
      {
        id: "name",
        header: t("saved.name"),
        value: (q) => q.name,
        cell: (q) => (
          <Box miw="12rem">
            <Anchor component={Link} to={`/saved/${q.savedQueryId}`} preload={false} fw={600}>{q.name}</Anchor>
            {q.description && <Text size="xs" c="dimmed" lineClamp={2}>{q.description}</Text>}
          </Box>
        ),
      },
      { id: "statement", header: t("saved.statement"), cell: (q) => <code className={classes["line"]}>{q.queryStatement}</code> },
      { id: "range", header: t("query.range.label"), cell: (q) => <RangeText range={q.timeRange ?? null} /> },
      { id: "tags", header: t("saved.tags"), cell: (q) => <Group gap={4}>{q.tags.map((tag) => <Badge key={tag} component="button" type="button" tt="none" className={classes["tag"]} onClick={() => { onTag(tag); }}>{tag}</Badge>)}</Group> },
      { id: "owner", header: t("saved.owner"), value: (q) => q.owner, cell: (q) => <Owner arn={q.owner} accessKeyId={q.ownerAccessKeyId} /> },
      { id: "updated", header: t("saved.updated"), value: (q) => q.updatedTimestamp ?? "", cell: (q) => <Time value={q.updatedTimestamp} /> },
      { id: "actions", header: t("saved.actions"), cell: (q) => <Actions query={q} onEdit={() => { setEditing(q); }} onDelete={() => { setDeleting(q); }} /> },
    ],
    [t, onTag],
  );
  return (
    <>
      <Table columns={columns} rows={queries} rowKey={(q) => q.savedQueryId} caption={t("saved.title")} />
      <SaveDialog key={editing?.savedQueryId} what={editing && { queryStatement: editing.queryStatement, saved: editing }} onClose={() => { setEditing(null); }} />
      <DeleteDialog query={deleting} onClose={() => { setDeleting(null); }} />
    </>
  );
}

function Actions({ query, onEdit, onDelete }: { query: SavedQuery; onEdit: () => void; onDelete: () => void }) {
  const t = useT();
  const copy = async () => {
    await copyText(`${window.location.origin}/saved/${query.savedQueryId}`);
    notifications.show({ message: t("saved.linkCopied") });
  };
  return (
    <Menu>
      <Menu.Target><ActionIcon size="sm" aria-label={t("saved.actionsOf", { name: query.name })}><IconDotsVertical size={15} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void copy()}>{t("saved.copyLink")}</Menu.Item>
        <Menu.Item leftSection={<IconPencil size={14} />} onClick={onEdit}>{t("saved.rename")}</Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={onDelete}>{t("saved.delete")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
