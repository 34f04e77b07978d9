import { Badge, Group, Text } from "@mantine/core";
import { formatCount, formatUtc } from "../../parts/format";
import { QueryLink } from "../../parts/openQuery";
import { Panel } from "../../parts/Page";
import { ErrorState, LoadingRows } from "../../parts/States";
import { useT, type TextKey } from "../../texts";
import { shortName } from "../events/tell/record";
import { OpenPanel } from "./OpenPanel";
import classes from "./overview.module.css";
import type { Period } from "./search";
import { conditions, kindNames, statements, type Kind } from "./statements";
import { useSecurity, type KindOfEvent, type Notable } from "./useOverview";

const none: Record<Kind, TextKey> = { signIns: "overview.security.noSignIns", access: "overview.security.noAccess", trails: "overview.security.noTrails" };

/** Sign-ins, and changes to who may do what and to what is recorded. */
export function SecurityPanels({ store, period, onOpen }: { store: string; period: Period; onOpen: (eventId: string) => void }) {
  const t = useT();
  const security = useSecurity(store, period);
  const s = statements(store, period);
  return (
    <div className={classes["grid"]}>
      {kindNames.map((kind) => {
        const title = t(`overview.security.${kind}`);
        const its = security.data?.[kind];
        return (
          <Panel key={kind} padded={false} title={title} actions={<OpenPanel sql={s.events(conditions[kind])} what={title} />}>
            {security.isError ? (
              <ErrorState error={security.error} retry={() => void security.refetch()} />
            ) : !its ? (
              <LoadingRows rows={6} />
            ) : its.events === 0 ? (
              <Text c="dimmed" p="md">{t(none[kind])}</Text>
            ) : (
              <>
                <Counts kind={kind} its={its} sqlOf={s.events} />
                <ul className={classes["notables"]} aria-label={t("overview.security.newest")}>
                  {its.newest.map((n) => <NotableLine key={n.eventId + n.time} notable={n} onOpen={onOpen} />)}
                </ul>
              </>
            )}
          </Panel>
        );
      })}
    </div>
  );
}

function Counts({ kind, its, sqlOf }: { kind: Kind; its: KindOfEvent; sqlOf: (condition: string) => string }) {
  const t = useT();
  const figures: { text: TextKey; value: number; condition: string }[] = [{ text: "overview.security.total", value: its.events, condition: conditions[kind] }];
  if (kind === "signIns") {
    figures.push({ text: "overview.security.failed", value: its.failures, condition: conditions.failedSignIns });
    figures.push({ text: "overview.security.withoutMfa", value: its.withoutMfa, condition: conditions.signInsWithoutMfa });
  } else {
    figures.push({ text: "overview.security.failed", value: its.failures, condition: `${conditions[kind]}\n  AND errorcode IS NOT NULL` });
  }
  return (
    <Group gap="lg" className={classes["counts"]}>
      {figures.map(({ text, value, condition }) => (
        <span key={text} data-testid={`${kind}-${text.split(".").at(-1)!}`}>
          <span className={classes["countLabel"]}>{t(text)} </span>
          <QueryLink sql={sqlOf(condition)} name={`${t(`overview.security.${kind}`)}: ${t(text)}`} label={t("overview.openQuery", { what: `${t(`overview.security.${kind}`)}, ${t(text)}: ${formatCount(value)}` })}>
            <strong>{formatCount(value)}</strong>
          </QueryLink>
        </span>
      ))}
    </Group>
  );
}

function NotableLine({ notable, onOpen }: { notable: Notable; onOpen: (eventId: string) => void }) {
  const t = useT();
  const who = shortName(notable.principal);
  return (
    <li>
      <button type="button" className={classes["notable"]} onClick={() => { onOpen(notable.eventId); }}>
        <span className={classes["notableTime"]}>{formatUtc(new Date(notable.time)).slice(0, 16)}</span>
        <span className={classes["notableLine"]}>
          <span className={classes["notableWhat"]}>{notable.name}</span>
          {notable.failed && <Badge size="xs" color="red">{t("overview.security.failed")}</Badge>}
        </span>
        <span className={`${classes["notableLine"] ?? ""} ${classes["notableSecond"] ?? ""}`}>
          <span className={classes["notableWho"]} title={notable.principal}>{who}</span>
          <span className={classes["notableFrom"]} title={notable.address}>{notable.address}</span>
        </span>
      </button>
    </li>
  );
}
