import { ActionIcon, Button, Code, Group, Menu, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Copy } from "../../parts/Copy";
import { useT } from "../../texts";
import { categories, fieldsOf, inCategory, newDraft, operatorsOf, presets, selectorsOf, usual, type Condition, type Draft, type Operator, type Preset } from "./selectors";
import classes from "./stores.module.css";

type Props = { value: Draft[]; onChange: (drafts: Draft[]) => void };

// As the server bounds it.
const most = 5;

/** Builds advanced event selectors: an event is taken when it meets all conditions of one of them. */
export function SelectorBuilder({ value, onChange }: Props) {
  const t = useT();
  const [json, setJson] = useState(false);
  const change = (at: number, draft: Draft) => { onChange(value.map((d, i) => (i === at ? draft : d))); };
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text c="dimmed">{t("stores.selectors.help")}</Text>
        <Group gap="xs">
          <Button variant="subtle" size="compact-xs" aria-pressed={json} onClick={() => { setJson(!json); }}>{json ? t("stores.selectors.asForm") : t("stores.selectors.asJson")}</Button>
          <Menu>
            <Menu.Target>
              <Button variant="default" size="compact-xs" rightSection={<IconChevronDown size={12} />}>{t("stores.selectors.preset")}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              {(Object.keys(presets) as Preset[]).map((p) => (
                <Menu.Item key={p} onClick={() => { onChange(presets[p]()); }}>{t(`stores.selectors.presets.${p}`)}</Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {json ? (
        <SelectorJson drafts={value} />
      ) : (
        <>
          {value.map((draft, i) => (
            <SelectorFields key={draft.key} draft={draft} number={i + 1} onChange={(d) => { change(i, d); }} onRemove={value.length > 1 ? () => { onChange(value.filter((_, j) => j !== i)); } : undefined} />
          ))}
          <Button variant="default" w="fit-content" leftSection={<IconPlus size={14} />} disabled={value.length >= most} onClick={() => { onChange([...value, newDraft()]); }}>
            {t("stores.selectors.add")}
          </Button>
        </>
      )}
    </Stack>
  );
}

/** Drafts as the API has them, for who keeps them elsewhere too. */
export function SelectorJson({ drafts }: { drafts: Draft[] }) {
  const text = JSON.stringify(selectorsOf(drafts).map(pascal), null, 2);
  return (
    <div className={classes["json"]}>
      <Code block tabIndex={0}>{text}</Code>
      <div className={classes["jsonCopy"]}><Copy value={text} /></div>
    </div>
  );
}

// CloudTrail's own interface, where such JSON comes from and goes to, begins its names with capitals.
function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k.charAt(0).toUpperCase() + k.slice(1), pascal(v)]));
}

function SelectorFields({ draft, number, onChange, onRemove }: { draft: Draft; number: number; onChange: (d: Draft) => void; onRemove: (() => void) | undefined }) {
  const t = useT();
  const conditions = (next: Condition[]) => { onChange({ ...draft, conditions: next }); };
  return (
    <fieldset className={classes["selector"]}>
      <legend className="visually-hidden">{t("stores.selectors.numbered", { number })}</legend>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <Select label={t("stores.selectors.category")} w="13rem" allowDeselect={false} value={draft.category} onChange={(c) => { onChange(inCategory(draft, c ?? draft.category)); }}
          data={fieldsOf[draft.category] ? categories.map((c) => ({ value: c, label: t(`stores.selectors.categories.${c}`) })) : [draft.category]} />
        <TextInput label={t("stores.selectors.name")} flex={1} value={draft.name} maxLength={1000} onChange={(e) => { onChange({ ...draft, name: e.currentTarget.value }); }} />
        {onRemove && <ActionIcon aria-label={t("stores.selectors.remove", { number })} onClick={onRemove}><IconTrash size={16} /></ActionIcon>}
      </Group>
      {draft.conditions.map((c, i) => (
        <ConditionFields key={i} category={draft.category} condition={c} onChange={(to) => { conditions(draft.conditions.map((x, j) => (j === i ? to : x))); }} onRemove={() => { conditions(draft.conditions.filter((_, j) => j !== i)); }} />
      ))}
      {fieldsOf[draft.category] && <Button variant="subtle" w="fit-content" size="compact-xs" leftSection={<IconPlus size={12} />} onClick={() => { conditions([...draft.conditions, { field: "eventName", operator: "equals", values: [] }]); }}>
        {t("stores.selectors.addCondition")}
      </Button>}
    </fieldset>
  );
}

function ConditionFields({ category, condition: c, onChange, onRemove }: { category: string; condition: Condition; onChange: (c: Condition) => void; onRemove: () => void }) {
  const t = useT();
  const flag = c.field === "readOnly";
  const possible = operatorsOf(category, c.field);
  return (
    <div className={classes["condition"]}>
      <Text span c="dimmed" size="xs">{t("stores.selectors.and")}</Text>
      <Select aria-label={t("stores.selectors.field")} data={fieldsOf[category] ?? []} value={c.field} allowDeselect={false} searchable
        onChange={(to) => { const field = to ?? c.field; onChange({ field, operator: operatorsOf(category, field).includes(c.operator) ? c.operator : "equals", values: [] }); }} />
      <Select aria-label={t("stores.selectors.operator")} data={possible.map((o) => ({ value: o, label: t(`stores.selectors.operators.${o}`) }))} value={c.operator} allowDeselect={false} disabled={possible.length === 1}
        onChange={(operator) => { onChange({ ...c, operator: (operator ?? c.operator) as Operator }); }} />
      {flag ? (
        <Select aria-label={t("stores.selectors.values")} data={["true", "false"]} value={c.values[0] ?? null} onChange={(v) => { onChange({ ...c, values: v ? [v] : [] }); }} />
      ) : (
        <TagsInput aria-label={t("stores.selectors.values")} placeholder={c.values.length === 0 ? t("stores.selectors.valuesHint") : ""} data={usual[c.field] ?? []} value={c.values} acceptValueOnBlur
          onChange={(values) => { onChange({ ...c, values }); }} />
      )}
      <ActionIcon size="sm" aria-label={t("stores.selectors.removeCondition", { field: c.field })} onClick={onRemove}><IconX size={14} /></ActionIcon>
    </div>
  );
}
