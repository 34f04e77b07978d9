import { Button, Loader, Text, TextInput } from "@mantine/core";
import { IconBucket, IconFile, IconFolder, type Icon } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, data, int } from "../../api/client";
import { allPages } from "../../api/pages";
import { Bytes } from "../../parts/Figures";
import { useT } from "../../texts";
import classes from "./imports.module.css";

/** Where an import reads: s3://bucket/prefix, in its parts. */
export type Place = { bucket: string; prefix: string };

export function placeOf(uri: string): Place | null {
  const m = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri);
  return m ? { bucket: m[1]!, prefix: m[2] ?? "" } : null;
}

export function uriOf({ bucket, prefix }: Place): string {
  return `s3://${bucket}/${prefix}`;
}

/** Chooses a prefix of a bucket: of those the lake serves by looking, of others by their address. */
export function BucketBrowser({ uri, onChange }: { uri: string; onChange: (uri: string) => void }) {
  const t = useT();
  const buckets = useQuery({
    queryKey: ["buckets"],
    queryFn: ({ signal }) =>
      allPages(
        (nextToken) => api.GET("/api/v1/buckets", { params: { query: { maxResults: 1000, ...(nextToken && { nextToken }) } }, signal }).then(data),
        (answer) => answer.buckets,
      ),
  });
  const place = placeOf(uri);
  const served = buckets.data ?? [];
  const inServed = place !== null && served.includes(place.bucket);
  return (
    <>
      <TextInput label={t("imports.location")} description={t("imports.locationHelp")} placeholder="s3://bucket/AWSLogs/" required value={uri} onChange={(e) => { onChange(e.currentTarget.value.trim()); }} spellCheck={false} autoComplete="off" pattern="s3://.+" />
      {inServed ? (
        <Folder place={place} onChange={(p) => { onChange(uriOf(p)); }} onTop={() => { onChange(""); }} />
      ) : served.length > 0 ? (
        <Listing crumbs={<Text size="xs" c="dimmed">{t("imports.buckets")}</Text>}>
          {served.map((bucket) => <Entry key={bucket} icon={IconBucket} name={bucket} onClick={() => { onChange(uriOf({ bucket, prefix: "" })); }} />)}
        </Listing>
      ) : buckets.isError ? (
        <Text c="red" role="alert">{buckets.error.message}</Text>
      ) : (
        buckets.data && <Text c="dimmed">{t("imports.bucketNone")}</Text>
      )}
    </>
  );
}

/** What lies directly below the last whole folder of a prefix. */
function Folder({ place, onChange, onTop }: { place: Place; onChange: (p: Place) => void; onTop: () => void }) {
  const t = useT();
  const folder = place.prefix.slice(0, place.prefix.lastIndexOf("/") + 1);
  const entries = useInfiniteQuery({
    queryKey: ["bucket", place.bucket, folder],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api
        .GET("/api/v1/buckets/{bucket}/objects", { params: { path: { bucket: place.bucket }, query: { prefix: folder, maxResults: 200, ...(pageParam && { nextToken: pageParam }) } }, signal })
        .then(data),
    getNextPageParam: (last) => last.nextToken || undefined,
  });
  const steps = folder.split("/").filter(Boolean);
  const crumbs = (
    <>
      <Crumb name={t("imports.bucketsAll")} onClick={onTop} />/<Crumb name={place.bucket} onClick={() => { onChange({ ...place, prefix: "" }); }} />
      {steps.map((step, i) => (
        <span key={i}>/<Crumb name={step} onClick={() => { onChange({ ...place, prefix: `${steps.slice(0, i + 1).join("/")}/` }); }} /></span>
      ))}
    </>
  );
  if (entries.isError) return <Listing crumbs={crumbs}><li className={classes["entry"]} role="alert">{entries.error.message}</li></Listing>;
  if (!entries.data) return <Listing crumbs={crumbs}><li className={classes["entry"]}><Loader size="sm" /></li></Listing>;
  const prefixes = entries.data.pages.flatMap((p) => p.prefixes);
  const objects = entries.data.pages.flatMap((p) => p.objects);
  return (
    <Listing crumbs={crumbs}>
      {prefixes.map((prefix) => <Entry key={prefix} icon={IconFolder} name={prefix.slice(folder.length)} onClick={() => { onChange({ ...place, prefix }); }} />)}
      {objects.map((o) => <Entry key={o.key} icon={IconFile} name={o.key.slice(folder.length)} size={int(o.size)} chosen={o.key === place.prefix} onClick={() => { onChange({ ...place, prefix: o.key }); }} />)}
      {prefixes.length + objects.length === 0 && <li className={classes["entry"]}>{t("imports.folderEmpty")}</li>}
      {entries.hasNextPage && <li className={classes["entry"]}><Button variant="subtle" size="compact-xs" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>{t("loadMore")}</Button></li>}
    </Listing>
  );
}

function Listing({ crumbs, children }: { crumbs: ReactNode; children: ReactNode }) {
  const t = useT();
  return (
    <div className={classes["browser"]}>
      <nav className={classes["crumbs"]} aria-label={t("imports.folder")}>{crumbs}</nav>
      <ul className={classes["entries"]}>{children}</ul>
    </div>
  );
}

function Entry({ icon: Shown, name, size, chosen = false, onClick }: { icon: Icon; name: string; size?: number; chosen?: boolean; onClick: () => void }) {
  return (
    <li>
      <button type="button" className={classes["entry"]} aria-current={chosen || undefined} onClick={onClick}>
        <Shown size={15} aria-hidden />
        <span className={classes["entryName"]}>{name}</span>
        {size !== undefined && <Bytes value={size} />}
      </button>
    </li>
  );
}

function Crumb({ name, onClick }: { name: string; onClick: () => void }) {
  return <Button variant="transparent" size="compact-xs" px={4} onClick={onClick}>{name}</Button>;
}
